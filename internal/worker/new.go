package worker

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"os"

	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/process"
	"metronome/internal/provider"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage/prepare"
	"metronome/internal/stage/upload"
	"metronome/internal/tempo"
)

// Work is what a worker does, on either host: it reads the assigned batch and takes it through its stages with the site's
// configuration. onEntity is called whenever an entity's state changes; it may be nil. A worker whose grant was taken back
// leaves the rest to a later beat and is no error.
func Work(ctx, stop context.Context, s *site.Site, a run.Assignment, onEntity func(run.EntityProgress)) error {
	b, err := a.ReadBatch(ctx, s.Ledger)
	if err != nil {
		return err
	}
	w, err := newWorker(ctx, s, a)
	if err != nil {
		return err
	}
	w.onEntity = onEntity
	err = w.work(ctx, stop, b)
	if errors.Is(err, errRevoked) {
		slog.Warn("what is left is handed back to a later beat", "reason", err)
		return nil
	}
	return err
}

// newWorker makes the worker of an assignment from its site's configuration.
func newWorker(ctx context.Context, s *site.Site, a run.Assignment) (*worker, error) {
	settings, known := s.Config.Pools[a.Pool]
	if !known {
		return nil, failure.New(failure.Config, "pools", a.Pool, "add the pool to "+config.FileName, "no such pool")
	}
	opened, err := openProvider(ctx, s.Config.Rclone, settings, a.Worker)
	if err != nil {
		return nil, err
	}
	if s.Remotes == nil { // on Argo only the upload step has the rclone configuration
		if err := s.ReadRemotes(); err != nil {
			return nil, err
		}
	}
	w := &worker{
		checkRemote: func(e entity.Entity) error { return remoteError(catalog.CheckRemote(e, settings, s.Remotes)) },
		name:        a.Worker, pool: a.Pool, limits: s.Config.Limits(a.Pool), holder: process.Self(), ledger: s.Ledger, provider: opened,
		preparer: prepare.New(s),
	}
	w.uploader = upload.Stage{Ledger: s.Ledger, Pool: opened, Retry: upload.DefaultRetryPolicy(), InFlight: w.inFlight}
	return w, nil
}

// remoteError returns the first of an entity's problems with its remote; nil where there is none.
func remoteError(problems []failure.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	first := problems[0]
	return failure.New(failure.Data, first.Key, first.Value, first.Hint, "%s", first.Message)
}

func openProvider(ctx context.Context, rclone string, settings config.Pool, name string) (*provider.Pool, error) {
	text, err := os.ReadFile(rclone)
	if err != nil {
		return nil, failure.New(failure.Config, "rclone", rclone, "set rclone in "+config.FileName, "read rclone configuration: %w", err)
	}
	options := provider.Options{RcloneConfig: text, Provider: settings.Provider, Worker: name, SerialWrites: settings.SerialWrites}
	if !settings.Account.IsZero() {
		options.AccountLimit = &provider.Share{
			RequestsPerSecond: settings.Account.RequestsPerSecond, Burst: settings.Account.Burst,
		}
	}
	return provider.Open(ctx, options)
}

// inFlight is how many requests the worker keeps under way to use its share: share x measured seconds per request, and one
// more, so that a slow answer does not idle the quota.
func (w *worker) inFlight() int {
	counts := w.provider.Counts()
	seconds := tempo.DefaultSecondsPerRequest
	if counts.Requests > 0 {
		seconds = counts.Seconds / float64(counts.Requests)
	}
	w.mu.Lock()
	rate := w.progress.Share.RequestsPerSecond
	w.mu.Unlock()
	return max(1, min(w.limits.InFlight, int(math.Ceil(rate*seconds))+1))
}

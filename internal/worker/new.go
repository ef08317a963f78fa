package worker

import (
	"context"
	"math"
	"os"

	"metronome/internal/config"
	"metronome/internal/failure"
	"metronome/internal/group"
	"metronome/internal/ledger"
	"metronome/internal/process"
	"metronome/internal/provider"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/templates"
	"metronome/internal/stage/upload"
	"metronome/internal/tempo"
)

// New makes the worker of a grant from an installation's configuration.
func New(ctx context.Context, l ledger.Ledger, c config.Config, pool, name string) (*Worker, error) {
	settings, known := c.Pools[pool]
	if !known {
		return nil, failure.New(failure.Config, "pools", pool, "add the pool to "+config.FileName, "no such pool")
	}
	opened, err := openProvider(ctx, c.Rclone, settings, name)
	if err != nil {
		return nil, err
	}
	limits := c.Limits(pool)
	books := group.NewShelf(l, c)
	w := &Worker{
		Name: name, Pool: pool, Limits: limits, Holder: process.Self(), Ledger: l, Provider: opened,
		Folders:   folders.Stage{Ledger: l, Templates: books.Templates},
		Templates: templates.Stage{Ledger: l, Templates: books.Templates, Calendars: books.Calendar},
	}
	w.Upload = upload.Stage{Ledger: l, Pool: opened, Patience: upload.DefaultPatience(), InFlight: w.inFlight}
	return w, nil
}

func openProvider(ctx context.Context, rclone string, settings config.Pool, name string) (*provider.Pool, error) {
	text, err := os.ReadFile(rclone)
	if err != nil {
		return nil, failure.New(failure.Config, "rclone", rclone, "set rclone in "+config.FileName, "read rclone configuration: %w", err)
	}
	options := provider.Options{RcloneConfig: text, Worker: name, SerialWrites: settings.SerialWrites}
	if !settings.Account.IsZero() {
		options.AccountLimit = &provider.Share{
			RequestsPerSecond: settings.Account.RequestsPerSecond, Burst: settings.Account.Burst,
		}
	}
	return provider.Open(ctx, options)
}

// inFlight is how many requests the worker keeps under way to use its share: share x measured seconds per request, and one
// more, so that a slow answer does not idle the quota.
func (w *Worker) inFlight() int {
	counts := w.Provider.Counts()
	seconds := tempo.DefaultSecondsPerRequest
	if counts.Requests > 0 {
		seconds = counts.Seconds / float64(counts.Requests)
	}
	w.mu.Lock()
	rate := w.progress.Share.RequestsPerSecond
	w.mu.Unlock()
	return max(1, min(w.Limits.InFlight, int(math.Ceil(rate*seconds))+1))
}

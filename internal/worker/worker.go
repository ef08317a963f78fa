package worker

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/provider"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/stage/prepare"
	"metronome/internal/stage/upload"
	"metronome/internal/tempo"
)

// errRevoked ends a worker whose grant is gone: its share of the rate may be somebody else's by now.
var errRevoked = errors.New("the worker's grant was taken back")

// preparedAhead is how many entities are prepared before their turn at the provider.
const preparedAhead = 4

// worker works on one batch.
type worker struct {
	name     string // of its grant
	pool     string
	limits   tempo.Limits
	holder   tempo.Holder
	ledger   ledger.Ledger
	provider *provider.Pool
	preparer *prepare.Preparer
	uploader upload.Stage
	// checkRemote says, with the catalog's messages, what is wrong with an entity's remote, before anything is written there.
	checkRemote func(entity.Entity) error
	onEntity    func(run.EntityProgress)

	mu       sync.Mutex
	progress run.Progress
	earlier  run.Counts // of earlier attempts at the batch
}

// work takes a batch through its stages. Cancelling stop ends it after the requests under way; what is left is handed back.
// It returns nil also where entities failed or were handed back: the progress document says so.
func (w *worker) work(ctx, stop context.Context, b run.Batch) error {
	if err := w.begin(ctx, b); err != nil {
		return err
	}
	beating, end := context.WithCancel(ctx)
	var heart sync.WaitGroup
	heart.Go(func() { w.report(beating) })
	err := w.walk(ctx, stop, b)
	end()
	heart.Wait()
	w.change(func(p *run.Progress) { p.State, p.NotBefore = run.WorkerEnded, notBefore(*p, time.Now().UTC()) })
	return errors.Join(err, w.save(context.WithoutCancel(ctx)))
}

// begin continues from the progress of an earlier attempt, if there is one.
func (w *worker) begin(ctx context.Context, b run.Batch) error {
	earlier, err := ledger.ReadOptionalJSON[run.Progress](ctx, w.ledger, w.key(b))
	if err != nil {
		return err
	}
	if earlier == nil {
		earlier = &run.Progress{Entities: freshEntities(b)}
	}
	for i := range earlier.Entities {
		if e := &earlier.Entities[i]; !e.Finished() {
			e.State = run.EntityWaiting
		}
	}
	now := time.Now().UTC()
	w.earlier = earlier.Counts
	w.progress = run.Progress{
		Version: run.Version, Run: b.Run, Pool: b.Pool, Batch: b.ID, Worker: w.name, Holder: w.holder,
		State: run.WorkerRunning, Started: now, Updated: now, Counts: earlier.Counts, Entities: earlier.Entities,
	}
	return w.save(ctx)
}

func freshEntities(b run.Batch) []run.EntityProgress {
	list := make([]run.EntityProgress, len(b.Members))
	for i, e := range b.Members {
		list[i] = run.EntityProgress{ID: e.ID, State: run.EntityWaiting, Expected: e.Expected}
	}
	return list
}

// walk takes the unfinished entities in their order, preparing ahead.
func (w *worker) walk(ctx, stop context.Context, b run.Batch) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := make(chan prepare.Outcome, preparedAhead)
	go w.prepare(ctx, b, ready)
	handedBack := 0
	for next := range ready {
		if stop.Err() != nil || w.cancelled(ctx, b.Run) {
			return nil
		}
		if err := w.takeShare(ctx); err != nil {
			return err
		}
		if next.Err == nil {
			next.Err = w.upload(ctx, stop, b, next.Index)
			next.Stage = receipt.Upload
		}
		if stop.Err() != nil && next.Err != nil {
			return nil
		}
		var proceed bool
		proceed, handedBack = shouldContinue(w.recordOutcome(next).State, handedBack)
		if err := w.save(ctx); err != nil || !proceed {
			return err
		}
	}
	return nil
}

// prepare takes the unfinished entities through the stages before the upload, in order, and closes the channel at the end.
func (w *worker) prepare(ctx context.Context, b run.Batch, ready chan<- prepare.Outcome) {
	defer close(ready)
	unfinished := func(i int) bool { return !w.finished(i) }
	w.preparer.Batch(ctx, b, unfinished, func(outcome prepare.Outcome) bool {
		select {
		case ready <- outcome:
			return true
		case <-ctx.Done():
			return false
		}
	})
}

// cancelled reports whether somebody cancelled the run. An order that cannot be read counts as none: the next entity asks again.
func (w *worker) cancelled(ctx context.Context, id run.ID) bool {
	control, err := run.ReadControl(ctx, w.ledger, id)
	if err != nil && ctx.Err() == nil {
		slog.Warn("could not read whether the run was cancelled", "error", err)
	}
	return err == nil && control.Order == run.Cancel
}

func (w *worker) upload(ctx, stop context.Context, b run.Batch, index int) error {
	if err := w.checkRemote(b.Members[index].Entity); err != nil {
		return err
	}
	before := w.provider.Counts().Requests
	w.changeEntity(index, func(e *run.EntityProgress) { e.State, e.Stage = run.EntityWorking, receipt.Upload })
	err := w.uploader.Do(ctx, stop, prepare.JobOf(b, b.Members[index].Entity))
	w.changeEntity(index, func(e *run.EntityProgress) { e.Requests += w.provider.Counts().Requests - before })
	return err
}

// takeShare reads the worker's grant and continues at its share. A grant that nobody renewed may be given to others soon.
func (w *worker) takeShare(ctx context.Context) error {
	state, _, err := ledger.ReadJSON[tempo.State](ctx, w.ledger, run.TempoKey(w.pool))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(state.Grants, func(g tempo.Grant) bool { return g.Worker == w.name })
	if i < 0 || time.Since(state.Grants[i].Renewed) > w.limits.Expiry()*9/10 {
		return errRevoked
	}
	share := state.Grants[i].Share
	w.provider.Pace(provider.Share{RequestsPerSecond: share.RequestsPerSecond, Burst: share.Burst})
	w.change(func(p *run.Progress) { p.Share = share })
	return nil
}

// recordOutcome records what became of an entity.
func (w *worker) recordOutcome(outcome prepare.Outcome) run.EntityProgress {
	w.changeEntity(outcome.Index, func(e *run.EntityProgress) {
		e.Stage = outcome.Stage
		setOutcome(e, outcome.Err)
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if until := capEnd(outcome.Err); until.After(w.progress.CapResetsAt) && failure.ClassOf(outcome.Err) == failure.Cap {
		w.progress.CapResetsAt = until
	}
	recorded := w.progress.Entities[outcome.Index]
	if outcome.Err != nil {
		slog.Info("entity not done", "entity", recorded.ID, "stage", recorded.Stage, "state", recorded.State,
			"class", recorded.Class, "error", outcome.Err)
	}
	return recorded
}

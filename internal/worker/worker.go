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
	"metronome/internal/stage"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/templates"
	"metronome/internal/stage/upload"
	"metronome/internal/tempo"
)

// ErrRevoked ends a worker whose grant is gone: its share of the rate may be somebody else's by now.
var ErrRevoked = errors.New("the worker's grant was taken back")

// ahead is how many entities are prepared before their turn at the provider.
const ahead = 4

// Worker works on one batch.
type Worker struct {
	Name      string // of its grant
	Pool      string
	Limits    tempo.Limits
	Holder    tempo.Holder
	Ledger    ledger.Ledger
	Provider  *provider.Pool
	Folders   folders.Stage
	Templates templates.Stage
	Upload    upload.Stage
	Entity    func(run.EntityProgress) // called whenever an entity's state changes; may be nil

	mu       sync.Mutex
	progress run.Progress
	earlier  run.Counts // of former attempts at the batch
}

// Work takes a batch through its stages. Cancelling stop ends it after the requests under way; what is left is handed back.
// It returns nil also where entities failed or were handed back: the progress document says so.
func (w *Worker) Work(ctx, stop context.Context, b run.Batch) error {
	if err := w.begin(ctx, b); err != nil {
		return err
	}
	beating, end := context.WithCancel(ctx)
	var heart sync.WaitGroup
	heart.Go(func() { w.report(beating) })
	err := w.walk(ctx, stop, b)
	end()
	heart.Wait()
	w.change(func(p *run.Progress) { p.State, p.NotBefore = run.Ended, notBefore(*p, time.Now().UTC()) })
	return errors.Join(err, w.save(context.WithoutCancel(ctx)))
}

// begin goes on from the progress of a former attempt, if there is one.
func (w *Worker) begin(ctx context.Context, b run.Batch) error {
	former, err := stage.Optional[run.Progress](ctx, w.Ledger, w.key(b))
	if err != nil {
		return err
	}
	if former == nil {
		former = &run.Progress{Entities: freshEntities(b)}
	}
	for i := range former.Entities {
		if e := &former.Entities[i]; !e.Finished() {
			e.State = run.Waiting
		}
	}
	now := time.Now().UTC()
	w.earlier = former.Counts
	w.progress = run.Progress{
		Version: run.Version, Run: b.Run, Pool: b.Pool, Batch: string(b.ID), Worker: w.Name, Holder: w.Holder,
		State: run.Running, Started: now, Updated: now, Counts: former.Counts, Entities: former.Entities,
	}
	return w.save(ctx)
}

func freshEntities(b run.Batch) []run.EntityProgress {
	list := make([]run.EntityProgress, len(b.Members))
	for i, e := range b.Members {
		list[i] = run.EntityProgress{ID: e.ID, State: run.Waiting, Expected: e.Expected}
	}
	return list
}

// prepared is an entity on its way to the upload, or what went wrong with it before.
type prepared struct {
	index int
	stage receipt.Stage
	err   error
}

// walk takes the unfinished entities in their order, preparing ahead.
func (w *Worker) walk(ctx, stop context.Context, b run.Batch) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := make(chan prepared, ahead)
	go w.prepare(ctx, b, ready)
	verdict := verdict{}
	for next := range ready {
		if stop.Err() != nil || w.cancelled(ctx, b.Run) {
			return nil
		}
		if err := w.takeShare(ctx); err != nil {
			return err
		}
		err := next.err
		if err == nil {
			err = w.upload(ctx, stop, b, next.index)
			next.stage = receipt.Upload
		}
		if stop.Err() != nil && err != nil {
			return nil
		}
		if !verdict.goOn(w.conclude(next, err)) {
			return w.save(ctx)
		}
		if err := w.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare runs the stages that need no provider, in the entities' order, and closes the channel at the end.
func (w *Worker) prepare(ctx context.Context, b run.Batch, ready chan<- prepared) {
	defer close(ready)
	for i, e := range b.Members {
		if w.finished(i) {
			continue
		}
		name, err := w.prepareOne(ctx, w.job(b, e.Entity))
		select {
		case ready <- prepared{index: i, stage: name, err: err}:
		case <-ctx.Done():
			return
		}
	}
}

func (w *Worker) prepareOne(ctx context.Context, job stage.Job) (receipt.Stage, error) {
	if err := w.Folders.Do(ctx, job); err != nil {
		return receipt.Folders, err
	}
	return receipt.Templates, w.Templates.Do(ctx, job)
}

func (w *Worker) upload(ctx, stop context.Context, b run.Batch, index int) error {
	before := w.Provider.Counts().Requests
	w.changeEntity(index, func(e *run.EntityProgress) { e.State, e.Stage = run.Working, receipt.Upload })
	err := w.Upload.Do(ctx, stop, w.job(b, b.Members[index].Entity))
	w.changeEntity(index, func(e *run.EntityProgress) { e.Requests += w.Provider.Counts().Requests - before })
	return err
}

func (w *Worker) job(b run.Batch, e entity.Entity) stage.Job {
	return stage.Job{Run: b.Run, Batch: string(b.ID), Period: b.Period, Entity: e}
}

// takeShare reads the worker's grant and goes on at its share. A grant that nobody renewed may be given to others soon.
func (w *Worker) takeShare(ctx context.Context) error {
	state, _, err := ledger.ReadJSON[tempo.State](ctx, w.Ledger, ledger.TempoKey(w.Pool))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(state.Grants, func(g tempo.Grant) bool { return g.Worker == w.Name })
	if i < 0 || time.Since(state.Grants[i].Renewed) > w.Limits.Expiry()*9/10 {
		return ErrRevoked
	}
	share := state.Grants[i].Share
	w.Provider.Pace(provider.Share{RequestsPerSecond: share.RequestsPerSecond, Burst: share.Burst})
	w.change(func(p *run.Progress) { p.Share = share })
	return nil
}

// conclude records what became of an entity.
func (w *Worker) conclude(next prepared, err error) run.EntityProgress {
	w.changeEntity(next.index, func(e *run.EntityProgress) {
		e.Stage = next.stage
		judge(e, err)
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if until := untilOf(err); until.After(w.progress.CapUntil) && failure.ClassOf(err) == failure.Cap {
		w.progress.CapUntil = until
	}
	concluded := w.progress.Entities[next.index]
	if err != nil {
		slog.Info("entity not done", "entity", concluded.ID, "stage", concluded.Stage, "state", concluded.State,
			"class", concluded.Class, "error", err)
	}
	return concluded
}

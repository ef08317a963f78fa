package local

import (
	"context"
	"log/slog"
	"runtime"
	"sync"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/group"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/stage"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/templates"
)

// ahead lets the first two stages of later batches run before their workers start, as they do on Argo: they need no provider,
// and a worker that finds their receipts can use its share of the rate from the first moment on. Whatever goes wrong here
// the worker meets again, and records.
type ahead struct {
	folders   folders.Stage
	templates templates.Stage
	run       run.ID
	period    period.Period
	members   map[entity.ID]entity.Entity
	places    chan struct{} // bounds the entities being prepared by all pools at once
}

func (r *Runner) newAhead(g *group.Grouping, id run.ID) *ahead {
	shelf := group.NewShelf(r.Ledger, r.Config)
	return &ahead{
		folders:   folders.Stage{Ledger: r.Ledger, Templates: shelf.Templates},
		templates: templates.Stage{Ledger: r.Ledger, Templates: shelf.Templates, Calendars: shelf.Calendar},
		run:       id, period: g.Period, members: g.Members(), places: make(chan struct{}, runtime.NumCPU()),
	}
}

// lookout prepares the batches of one pool as far ahead of its workers as it is told.
type lookout struct {
	mu      sync.Mutex
	moved   *sync.Cond
	next    int // batch to be prepared
	horizon int // batches before this one may be prepared
	closed  bool
}

func newLookout() *lookout {
	l := &lookout{}
	l.moved = sync.NewCond(&l.mu)
	return l
}

// move tells how many batches have workers and how many more to prepare. What has a worker is not prepared here.
func (l *lookout) move(started, more int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = max(l.next, started)
	l.horizon = started + more
	l.moved.Broadcast()
}

func (l *lookout) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.moved.Broadcast()
}

// take waits for the next batch to prepare; false once there is no use in more.
func (l *lookout) take(total int) (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.closed && l.next < total && l.next >= l.horizon {
		l.moved.Wait()
	}
	if l.closed || l.next >= total {
		return 0, false
	}
	l.next++
	return l.next - 1, true
}

// follow prepares batches until the lookout is closed.
func (a *ahead) follow(ctx context.Context, l *lookout, batches []batch.Batch) {
	for {
		i, more := l.take(len(batches))
		if !more || ctx.Err() != nil {
			return
		}
		for _, id := range batches[i].Entities {
			a.prepare(ctx, stage.Job{Run: a.run, Batch: string(batches[i].ID), Period: a.period, Entity: a.members[id]})
		}
	}
}

func (a *ahead) prepare(ctx context.Context, job stage.Job) {
	select {
	case a.places <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-a.places }()
	err := a.folders.Do(ctx, job)
	if err == nil {
		err = a.templates.Do(ctx, job)
	}
	if err != nil && ctx.Err() == nil {
		slog.Debug("could not prepare ahead", "entity", job.Entity.ID, "error", err)
	}
}

package local

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync"

	"metronome/internal/batch"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage/prepare"
)

// batchPreparer prepares batches of all pools before their workers start, as the steps of waiting workers do on Argo: it needs
// no provider, and a worker that finds the receipts can use its share of the rate from the first moment on. Whatever goes wrong
// here the worker meets again, and records.
type batchPreparer struct {
	preparer *prepare.Preparer
	slots    chan struct{} // bounds the entities being prepared by all pools at once
}

func newBatchPreparer(s *site.Site) *batchPreparer {
	return &batchPreparer{preparer: prepare.New(s), slots: make(chan struct{}, runtime.NumCPU())}
}

// window says which batches of a pool may be prepared now.
type window struct {
	mu      sync.Mutex
	changed *sync.Cond
	next    int // batch to be prepared
	end     int // batches before this one may be prepared
	closed  bool
}

func newWindow() *window {
	w := &window{}
	w.changed = sync.NewCond(&w.mu)
	return w
}

// move sets the window: so many batches have workers, which prepare for themselves, and so many more may be prepared.
func (w *window) move(started, ahead int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = max(w.next, started)
	w.end = started + ahead
	w.changed.Broadcast()
}

func (w *window) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.changed.Broadcast()
}

// take waits for the next batch to prepare; false once there is none or the window is closed.
func (w *window) take(total int) (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.closed && w.next < total && w.next >= w.end {
		w.changed.Wait()
	}
	if w.closed || w.next >= total {
		return 0, false
	}
	w.next++
	return w.next - 1, true
}

// follow prepares a pool's batches, in the order in which they start, until the window is closed.
func (p *batchPreparer) follow(ctx context.Context, w *window, batches map[batch.ID]run.Batch) {
	order := make([]batch.ID, 0, len(batches))
	for id := range batches {
		order = append(order, id)
	}
	slices.Sort(order)
	for {
		i, more := w.take(len(order))
		if !more || ctx.Err() != nil {
			return
		}
		p.prepare(ctx, batches[order[i]])
	}
}

func (p *batchPreparer) prepare(ctx context.Context, b run.Batch) {
	before := func(int) bool {
		select {
		case p.slots <- struct{}{}:
			return true
		case <-ctx.Done():
			return false
		}
	}
	p.preparer.Batch(ctx, b, before, func(outcome prepare.Outcome) bool {
		<-p.slots
		if outcome.Err != nil && ctx.Err() == nil {
			slog.Debug("could not prepare ahead", "entity", b.Members[outcome.Index].ID, "error", outcome.Err)
		}
		return ctx.Err() == nil
	})
}

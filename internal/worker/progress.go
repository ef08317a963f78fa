package worker

import (
	"context"
	"log/slog"
	"time"

	"metronome/internal/ledger"
	"metronome/internal/run"
)

// heartbeat is how often the progress document is rewritten while an entity is being uploaded.
const heartbeat = time.Second

// report saves the progress on every heartbeat in which requests were made.
func (w *worker) report(ctx context.Context) {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if w.counts() == w.saved() {
			continue
		}
		if err := w.save(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("could not save the progress, will try again", "worker", w.name, "error", err)
		}
	}
}

func (w *worker) counts() run.Counts { return run.Counts(w.provider.Counts()).Plus(w.earlier) }

func (w *worker) saved() run.Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress.Counts
}

// save writes the progress document. Only one worker writes it, so a plain put is enough.
func (w *worker) save(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.progress.Counts = w.counts()
	w.progress.Updated = time.Now().UTC()
	return ledger.PutJSON(ctx, w.ledger, run.ProgressKey(w.progress.Run, w.progress.Pool, w.progress.Batch), w.progress)
}

func (w *worker) key(b run.Batch) string {
	return run.ProgressKey(b.Run, b.Pool, b.ID)
}

func (w *worker) change(edit func(*run.Progress)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	edit(&w.progress)
}

func (w *worker) changeEntity(index int, edit func(*run.EntityProgress)) {
	w.mu.Lock()
	edit(&w.progress.Entities[index])
	changed := w.progress.Entities[index]
	w.mu.Unlock()
	if w.onEntity != nil {
		w.onEntity(changed)
	}
}

func (w *worker) finished(index int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress.Entities[index].Finished()
}

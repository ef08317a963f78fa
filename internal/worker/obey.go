package worker

import (
	"context"
	"log/slog"

	"metronome/internal/control"
	"metronome/internal/run"
)

// cancelled tells whether somebody cancelled the run. A wish that cannot be read counts as none: the next entity asks again.
func (w *Worker) cancelled(ctx context.Context, id run.ID) bool {
	asked, err := control.Read(ctx, w.Ledger, id)
	if err != nil && ctx.Err() == nil {
		slog.Warn("could not read whether the run was cancelled", "error", err)
	}
	return err == nil && asked.Wish == run.Cancel
}

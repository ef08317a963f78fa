package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/run/archive"
)

// Read gives what was asked of a run; where nothing was, it shall go on.
func Read(ctx context.Context, l ledger.Ledger, id run.ID) (run.Control, error) {
	wish, _, err := ledger.ReadJSON[run.Control](ctx, l, ledger.ControlKey(string(id)))
	if errors.Is(err, ledger.ErrNotFound) {
		return run.Control{Version: run.Version, Wish: run.GoOn}, nil
	}
	return wish, err
}

// Ask leaves a wish for a run. Asking again for the same changes nothing. A run that was cancelled cannot be resumed or
// paused, and one that the ledger does not know cannot be asked: both are Config errors.
func Ask(ctx context.Context, l ledger.Ledger, id run.ID, wish run.Wish, by string) (run.Control, error) {
	if _, err := archive.Request(ctx, l, id); errors.Is(err, ledger.ErrNotFound) {
		return run.Control{}, failure.New(failure.Config, "run", string(id), "`metronome status` lists the runs",
			"no such run in the ledger")
	} else if err != nil {
		return run.Control{}, err
	}
	return ledger.Update(ctx, l, ledger.ControlKey(string(id)), func(current run.Control, _ bool) (run.Control, error) {
		return next(current, id, wish, by)
	})
}

func next(current run.Control, id run.ID, wish run.Wish, by string) (run.Control, error) {
	if current.Wish == wish {
		return current, nil
	}
	if current.Wish == run.Cancel {
		return current, failure.New(failure.Config, "run", string(id),
			fmt.Sprintf("`metronome retry %s` starts a new run that does what is left", id), "the run was cancelled")
	}
	return run.Control{Version: run.Version, Wish: wish, At: time.Now().UTC(), By: by}, nil
}

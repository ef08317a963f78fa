package lease

import (
	"context"
	"errors"
	"time"

	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// Hold takes or prolongs the lease of a period for a run that has many processes, none of which lives as long as the run: each
// holds it for so long that the next one finds it held. A live lease of another run is a temporary error that says whose it is
// and until when.
func Hold(ctx context.Context, l ledger.Ledger, p period.Period, id run.ID, self tempo.Holder, duration time.Duration) error {
	_, err := ledger.Update(ctx, l, ledger.LeaseKey(p), func(current run.Lease, _ bool) (run.Lease, error) {
		now := time.Now().UTC()
		if current.Run != id && current.Live(now) && !process.Gone(current.Holder, self) {
			return current, refusal(p, current)
		}
		if current.Run == id && current.Expires.After(now.Add(duration/2)) {
			return current, nil
		}
		return run.Lease{Version: run.Version, Run: id, Holder: self, Expires: now.Add(duration)}, nil
	})
	return err
}

// errNotHeld ends a giving back that has nothing to give.
var errNotHeld = errors.New("the run does not hold the lease")

// GiveBack gives the lease of a period back if the run has it.
func GiveBack(ctx context.Context, l ledger.Ledger, p period.Period, id run.ID) error {
	_, err := ledger.Update(ctx, l, ledger.LeaseKey(p), func(current run.Lease, _ bool) (run.Lease, error) {
		if current.Run != id {
			return current, errNotHeld
		}
		current.Expires = time.Time{}
		return current, nil
	})
	if errors.Is(err, errNotHeld) {
		return nil
	}
	return err
}

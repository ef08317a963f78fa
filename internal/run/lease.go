package run

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/tempo"
)

// Lease is periods/<period>/lease.json: the run that works on a period. It keeps two runs from working on one period at the
// same time: acquired by create or swap, renewed while the run lives, released at its end. A lease whose run vanished is taken
// over when it expires, or at once where its process is known to have ended.
type Lease struct {
	Version int          `json:"version"`
	Run     ID           `json:"run"`
	Holder  tempo.Holder `json:"holder"`
	Expires time.Time    `json:"expires"` // zero: released
}

// Live reports whether the lease keeps other runs from the period at a moment.
func (l Lease) Live(now time.Time) bool { return now.Before(l.Expires) }

// ErrLeaseLost means that another run has taken the lease over, or may have: whoever held it must stop at once.
var ErrLeaseLost = errors.New("the lease of the period was taken over by another run")

// LeaseClaim is what a run asks for when it acquires or renews the lease of its period.
type LeaseClaim struct {
	Period period.Period
	Run    ID
	Holder tempo.Holder
	// Life is how long the lease lasts unless it is renewed. Where no process lives as long as the run, as on Argo, it must
	// outlast the longest pause between two renewals.
	Life time.Duration
}

// Acquire takes the lease of a period for a run; a run that has it already keeps it. previous is the run whose lease was
// taken over although it had not been released; "" where there was none. A live lease of another run is a Contention failure
// that says whose it is and until when.
func (c LeaseClaim) Acquire(ctx context.Context, l ledger.Ledger) (previous ID, err error) {
	_, err = ledger.Update(ctx, l, LeaseKey(c.Period), func(current Lease, _ bool) (Lease, error) {
		now := time.Now().UTC()
		previous = ""
		if current.Run != c.Run && current.Live(now) && !process.Gone(current.Holder, c.Holder) {
			return current, periodTaken(c.Period, current)
		}
		if current.Run != c.Run && !current.Expires.IsZero() {
			previous = current.Run
		}
		return c.lease(now), nil
	})
	return previous, err
}

// Renew prolongs the lease of a run that has acquired it, and returns it. It writes only where less than half of the life is
// left. ErrLeaseLost, of class Contention, where another run has the lease.
func (c LeaseClaim) Renew(ctx context.Context, l ledger.Ledger) (Lease, error) {
	return ledger.Update(ctx, l, LeaseKey(c.Period), func(current Lease, _ bool) (Lease, error) {
		now := time.Now().UTC()
		if current.Run != c.Run && current.Run != "" { // where somebody deleted the document, no other run has the lease
			return current, c.lost(current)
		}
		if current.Expires.After(now.Add(c.Life / 2)) {
			return current, nil
		}
		return c.lease(now), nil
	})
}

func (c LeaseClaim) lost(current Lease) error {
	return failure.New(failure.Contention, LeaseKey(c.Period), string(current.Run),
		"run the period again when that run has ended: it does only what is missing", "%w", ErrLeaseLost)
}

func (c LeaseClaim) lease(now time.Time) Lease {
	return Lease{Version: Version, Run: c.Run, Holder: c.Holder, Expires: now.Add(c.Life)}
}

func periodTaken(p period.Period, holder Lease) error {
	taken := failure.New(failure.Contention, LeaseKey(p), string(holder.Run),
		"wait for that run to end; if it was lost, its lease ends at "+holder.Expires.Format(time.RFC3339),
		"period %s is being replicated already", p)
	taken.Until = holder.Expires
	return taken
}

// errNotHeld ends a release that has nothing to release.
var errNotHeld = errors.New("the run does not hold the lease")

// ReleaseLease releases the lease of a period if the run has it.
func ReleaseLease(ctx context.Context, l ledger.Ledger, p period.Period, id ID) error {
	_, err := ledger.Update(ctx, l, LeaseKey(p), func(current Lease, _ bool) (Lease, error) {
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

// Keep renews an acquired lease until the context ends. It returns ErrLeaseLost as soon as the lease is another run's, or when
// renewing has failed for so long that the lease may expire before the next try.
func (c LeaseClaim) Keep(ctx context.Context, l ledger.Ledger) error {
	ticker := time.NewTicker(c.Life / 6)
	defer ticker.Stop()
	expires := time.Now().Add(c.Life)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		renewed, err := c.Renew(ctx, l)
		switch {
		case err == nil:
			expires = renewed.Expires
		case ctx.Err() != nil:
		case errors.Is(err, ErrLeaseLost):
			return err
		case !time.Now().Before(expires.Add(-c.Life / 6)):
			return errors.Join(ErrLeaseLost, err)
		default:
			slog.Warn("could not renew the lease, will try again", "period", c.Period, "error", err)
		}
	}
}

// Package lease keeps two runs from working on one period at the same time. The lease of a period is a ledger document,
// taken by create or swap, renewed while the run lives, and given back at its end. A lease whose run vanished is taken over
// when it expires, or at once where its process is known to have ended.
package lease

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// Duration is how long a lease lasts unless it is renewed; renewals come three times as often.
const Duration = 60 * time.Second

// ErrLost means that another run has taken the lease over: whoever held it must stop at once.
var ErrLost = errors.New("the lease of the period was taken over by another run")

// Lease is a held lease.
type Lease struct {
	ledger  ledger.Ledger
	period  period.Period
	held    run.Lease
	version ledger.Version
	// Former is the run whose lease was taken over; "" where it had been given back.
	Former run.ID
}

// Take takes the lease of a period for a run. A live lease of another run is a temporary error that says whose it is and
// until when. The same run takes its own lease again.
func Take(ctx context.Context, l ledger.Ledger, p period.Period, id run.ID, self tempo.Holder) (*Lease, error) {
	now := time.Now().UTC()
	fresh := run.Lease{Version: run.Version, Run: id, Holder: self, Expires: now.Add(Duration)}
	key := ledger.LeaseKey(p)
	current, version, err := ledger.ReadJSON[run.Lease](ctx, l, key)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		version, err = ledger.CreateJSON(ctx, l, key, fresh)
	case err != nil:
		return nil, err
	case current.Run != id && current.Live(now) && !process.Gone(current.Holder, self):
		return nil, refusal(p, current)
	default:
		version, err = ledger.SwapJSON(ctx, l, key, fresh, version)
	}
	if errors.Is(err, ledger.ErrExists) || errors.Is(err, ledger.ErrConflict) {
		return nil, refusal(p, run.Lease{Run: "another run", Expires: fresh.Expires})
	}
	if err != nil {
		return nil, err
	}
	taken := &Lease{ledger: l, period: p, held: fresh, version: version}
	if current.Run != id && !current.Expires.IsZero() {
		taken.Former = current.Run
	}
	return taken, nil
}

func refusal(p period.Period, holder run.Lease) error {
	refused := failure.New(failure.Contention, ledger.LeaseKey(p), string(holder.Run),
		"wait for that run to end; if it was lost, its lease ends at "+holder.Expires.Format(time.RFC3339),
		"period %s is being replicated already", p)
	refused.Until = holder.Expires
	return refused
}

// Renew prolongs the lease; ErrLost where another run has it.
func (l *Lease) Renew(ctx context.Context) error {
	next := l.held
	next.Expires = time.Now().UTC().Add(Duration)
	version, err := ledger.SwapJSON(ctx, l.ledger, ledger.LeaseKey(l.period), next, l.version)
	if errors.Is(err, ledger.ErrConflict) || errors.Is(err, ledger.ErrNotFound) {
		return ErrLost
	}
	if err != nil {
		return err
	}
	l.held, l.version = next, version
	return nil
}

// Release gives the lease back.
func (l *Lease) Release(ctx context.Context) error {
	next := l.held
	next.Expires = time.Time{}
	_, err := ledger.SwapJSON(ctx, l.ledger, ledger.LeaseKey(l.period), next, l.version)
	return err
}

// Keep renews the lease until the context ends. It returns ErrLost as soon as the lease is another's, or when renewing has
// failed for so long that it may have expired.
func (l *Lease) Keep(ctx context.Context) error {
	ticker := time.NewTicker(Duration / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		err := l.Renew(ctx)
		switch {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, ErrLost) || time.Now().After(l.held.Expires.Add(-Duration/6)):
			return errors.Join(ErrLost, err)
		default:
			slog.Warn("could not renew the lease, will try again", "period", l.period, "error", err)
		}
	}
}

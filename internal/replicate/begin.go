package replicate

import (
	"context"
	"errors"
	"time"

	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/site"
)

// BeginOptions say which run begins.
type BeginOptions struct {
	Claim     run.LeaseClaim
	Selection run.Selection
	Now       time.Time
	// WaitForWorkers waits until the workers of a vanished run, whose lease was taken over, have ended. Nil where nobody can
	// know: their grants then expire by themselves.
	WaitForWorkers func(ctx context.Context, previous run.ID) error
}

// Begin begins a run: afterwards it has the lease of its period, and its batches and request are in the ledger. Nothing is
// written for the run before it has the lease, and a run that cannot begin releases it. Beginning the same run again, after an
// interruption, is safe. A period that another run works on is a Contention failure; a bad catalog or selection is of class
// Data and lists every problem; a store that ignores conditions is of class Config.
func Begin(ctx context.Context, s *site.Site, o BeginOptions) (run.Request, error) {
	if err := ledger.Check(ctx, s.Ledger); err != nil {
		return run.Request{}, err
	}
	previous, err := o.Claim.Acquire(ctx, s.Ledger)
	if err != nil {
		return run.Request{}, err
	}
	request, err := begin(ctx, s, o, previous)
	if err != nil {
		release := run.ReleaseLease(context.WithoutCancel(ctx), s.Ledger, o.Claim.Period, o.Claim.Run)
		return run.Request{}, errors.Join(err, release)
	}
	return request, nil
}

func begin(ctx context.Context, s *site.Site, o BeginOptions, previous run.ID) (run.Request, error) {
	if previous != "" && o.WaitForWorkers != nil {
		if err := o.WaitForWorkers(ctx, previous); err != nil {
			return run.Request{}, err
		}
	}
	request, err := run.ReadRequest(ctx, s.Ledger, o.Claim.Run)
	if !errors.Is(err, ledger.ErrNotFound) {
		return request, err // an earlier try wrote it, and wrote it last: the run is whole
	}
	grouping, err := Group(ctx, s, Options{Period: o.Claim.Period, Selection: o.Selection, Now: o.Now})
	if err != nil {
		return run.Request{}, err
	}
	if err := grouping.refreshOpenings(ctx, s.Ledger); err != nil {
		return run.Request{}, err
	}
	return grouping.write(ctx, s.Ledger, o.Claim.Run, o.Now)
}

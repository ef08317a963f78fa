package stage

import (
	"context"

	"metronome/internal/content"
	"metronome/internal/ledger"
	"metronome/internal/rollforward"
)

// RefreshOpenings compares the opening balances of a job whose workbooks are delivered with what the prior period closes with
// now, and changes the ledger's reconciliations where they differ, unless the period is closed or locked. The workbooks stay
// as they are: it returns the ids of the reconciliations whose workbooks show another balance.
func RefreshOpenings(ctx context.Context, l ledger.Ledger, job Job) ([]string, error) {
	current, err := ledger.ReadOptionalJSON[content.Reconciliations](ctx, l, job.Key(ledger.ReconciliationsName))
	if err != nil || current == nil || len(current.Items) == 0 {
		return nil, err
	}
	prior, err := ledger.ReadOptionalJSON[content.Reconciliations](ctx, l, job.PriorKey(ledger.ReconciliationsName))
	if err != nil {
		return nil, err
	}
	if prior == nil {
		return rollforward.StaleItemIDs(*current), nil
	}
	if err := rollforward.CheckBalances(*prior); err != nil {
		return rollforward.StaleItemIDs(*current), err
	}
	priorState, err := PeriodState(ctx, l, job.PriorKey(ledger.PeriodName))
	if err != nil {
		return nil, err
	}
	refreshed, changed := rollforward.RefreshOpenings(*current, *prior, priorState)
	if !changed {
		return rollforward.StaleItemIDs(*current), nil
	}
	if state, err := PeriodState(ctx, l, job.Key(ledger.PeriodName)); err != nil || state != content.Open {
		return rollforward.StaleItemIDs(refreshed), err
	}
	refreshed, err = ledger.Update(ctx, l, job.Key(ledger.ReconciliationsName),
		func(current content.Reconciliations, exists bool) (content.Reconciliations, error) {
			if !exists {
				return current, ledger.ErrNotFound
			}
			next, _ := rollforward.RefreshOpenings(current, *prior, priorState)
			return next, nil
		})
	return rollforward.StaleItemIDs(refreshed), err
}

package reporting

import (
	"context"
	"slices"
	"time"

	"metronome/internal/control"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/stage"
	"metronome/internal/steps"
	"metronome/internal/tempo"
)

// poll is how often settle looks whether the workers have stopped.
const poll = 2 * time.Second

// settle waits until no worker of the run has a grant, and cancels the run where one still has: its Workflow has ended, so
// nobody is to go on. It tells whether all have stopped in time.
func settle(ctx context.Context, in *steps.Installation, request run.Request, patience time.Duration) (bool, error) {
	busy, err := atWork(ctx, in, request)
	if err != nil || !busy {
		return !busy, err
	}
	if _, err := control.Ask(ctx, in.Ledger, request.Run, run.Cancel, "the report step: the run's Workflow has ended"); err != nil {
		return false, err
	}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for busy {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-deadline.C:
			return false, nil
		case <-ticker.C:
		}
		if busy, err = atWork(ctx, in, request); err != nil {
			return false, err
		}
	}
	return true, nil
}

// atWork tells whether any worker of the run has a grant in any pool. A grant that nobody renews expires.
func atWork(ctx context.Context, in *steps.Installation, request run.Request) (bool, error) {
	for _, pool := range request.Pools {
		state, err := stage.Optional[tempo.State](ctx, in.Ledger, ledger.TempoKey(pool.Name))
		if err != nil {
			return false, err
		}
		expiry := in.Config.Limits(pool.Name).Expiry()
		if state != nil && slices.ContainsFunc(state.Grants, func(g tempo.Grant) bool {
			return g.Run == string(request.Run) && time.Since(g.Renewed) < expiry
		}) {
			return true, nil
		}
	}
	return false, nil
}

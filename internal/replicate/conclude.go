package replicate

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/tempo"
)

// drainPoll is how often Conclude looks whether the run's workers have stopped.
const drainPoll = 2 * time.Second

// Conclude ends a run, however its loops ended: it waits until no worker of the run has a grant, at most for drainTimeout,
// writes the report, and releases the lease. Where a worker still has a grant, the run is cancelled first, since nobody is to
// continue; where one still has it after the time, the lease is left to expire, so that no other run begins beside it.
func Conclude(ctx context.Context, s *site.Site, request run.Request, drainTimeout time.Duration) (run.Report, error) {
	drained, err := drain(ctx, s, request, drainTimeout)
	if err != nil {
		return run.Report{}, err
	}
	report, err := run.WriteReport(ctx, s.Ledger, request.Run, s.Rate)
	if err != nil {
		return run.Report{}, err
	}
	if !drained {
		slog.Warn("workers of the run are still at work: its lease of the period is left to expire", "run", request.Run)
		return report, nil
	}
	return report, run.ReleaseLease(ctx, s.Ledger, request.Period, request.Run)
}

// drain waits until no worker of the run has a grant and reports whether that came in time.
func drain(ctx context.Context, s *site.Site, request run.Request, timeout time.Duration) (bool, error) {
	busy, err := atWork(ctx, s, request)
	if err != nil || !busy {
		return !busy, err
	}
	if _, err := run.SendOrder(ctx, s.Ledger, request.Run, run.Cancel, "the end of the run"); err != nil {
		return false, err
	}
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	ticker := time.NewTicker(drainPoll)
	defer ticker.Stop()
	for busy {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-deadline.C:
			return false, nil
		case <-ticker.C:
		}
		if busy, err = atWork(ctx, s, request); err != nil {
			return false, err
		}
	}
	return true, nil
}

// atWork reports whether any worker of the run has a grant in any pool. A grant that nobody renews expires.
func atWork(ctx context.Context, s *site.Site, request run.Request) (bool, error) {
	for _, pool := range request.Pools {
		state, _, err := ledger.ReadJSON[tempo.State](ctx, s.Ledger, run.TempoKey(pool.Name))
		if err := ignoreNotFound(err); err != nil {
			return false, err
		}
		expiry := s.Config.Limits(pool.Name).Expiry()
		if slices.ContainsFunc(state.Grants, func(g tempo.Grant) bool {
			return g.Run == string(request.Run) && time.Since(g.Renewed) < expiry
		}) {
			return true, nil
		}
	}
	return false, nil
}

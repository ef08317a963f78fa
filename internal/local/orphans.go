package local

import (
	"context"
	"strconv"
	"strings"
	"time"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/process"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// Orphans of a killed run exit as soon as their standard input ends, which is at once; this bounds the wait for one that a
// debugger or a suspended machine holds.
const (
	orphanTimeout = 30 * time.Second
	orphanPoll    = 20 * time.Millisecond
)

// waitForOrphans waits until the workers of a run whose lease was taken over have ended: two workers must never be on one
// account.
func waitForOrphans(ctx context.Context, l ledger.Ledger, previous run.ID, self tempo.Holder) error {
	orphans, err := orphansOf(ctx, l, previous, self)
	if err != nil {
		return err
	}
	deadline := time.NewTimer(orphanTimeout)
	defer deadline.Stop()
	ticker := time.NewTicker(orphanPoll)
	defer ticker.Stop()
	for _, orphan := range orphans {
		for !process.Gone(orphan, self) {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-deadline.C:
				return failure.New(failure.Contention, "worker", strconv.Itoa(orphan.PID),
					"end that process, then run the period again", "a worker of run %s is still alive", previous)
			case <-ticker.C:
			}
		}
	}
	return nil
}

// orphansOf returns the processes of this machine that the progress documents of a run say are at work.
func orphansOf(ctx context.Context, l ledger.Ledger, previous run.ID, self tempo.Holder) ([]tempo.Holder, error) {
	pools, err := l.Children(ctx, run.ProgressPools(previous))
	if err != nil {
		return nil, err
	}
	var orphans []tempo.Holder
	for _, pool := range pools {
		documents, err := run.ReadProgress(ctx, l, previous, strings.TrimSuffix(pool, "/"), nil)
		if err != nil {
			return nil, err
		}
		for _, progress := range documents {
			if progress.State == run.WorkerRunning && progress.Holder.Host == self.Host {
				orphans = append(orphans, progress.Holder)
			}
		}
	}
	return orphans, nil
}

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
	"metronome/internal/run/archive"
	"metronome/internal/tempo"
)

// Orphans of a killed run exit as soon as their standard input ends, which is at once; this bounds the wait for one that a
// debugger or a suspended machine holds.
const (
	orphanPatience = 30 * time.Second
	orphanPoll     = 20 * time.Millisecond
)

// awaitFormer waits until the workers of the run whose lease was taken over have ended: two workers must never be on one
// account.
func awaitFormer(ctx context.Context, l ledger.Ledger, former run.ID, self tempo.Holder) error {
	if former == "" {
		return nil
	}
	orphans, err := orphansOf(ctx, l, former, self)
	if err != nil {
		return err
	}
	deadline := time.NewTimer(orphanPatience)
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
					"end that process, then run the period again", "a worker of run %s is still alive", former)
			case <-ticker.C:
			}
		}
	}
	return nil
}

// orphansOf gives the processes of this machine that the progress documents of a run say are at work.
func orphansOf(ctx context.Context, l ledger.Ledger, former run.ID, self tempo.Holder) ([]tempo.Holder, error) {
	prefix := ledger.RunPrefix(string(former)) + "progress/"
	pools, err := l.Children(ctx, prefix)
	if err != nil {
		return nil, err
	}
	var orphans []tempo.Holder
	for _, pool := range pools {
		documents, err := archive.Progress(ctx, l, former, strings.TrimSuffix(pool, "/"), nil)
		if err != nil {
			return nil, err
		}
		for _, progress := range documents {
			if progress.State == run.Running && progress.Holder.Host == self.Host {
				orphans = append(orphans, progress.Holder)
			}
		}
	}
	return orphans, nil
}

package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/tempo"
)

// Watcher is told what happens, for people to see. Its methods may be called at the same time.
type Watcher interface {
	Begin(request run.Request)
	Beat(pool string, b run.Beat)
	Entity(pool string, e run.EntityProgress)
}

// Runner executes runs on this machine.
type Runner struct {
	Site    *site.Site
	Command func(run.Assignment) *exec.Cmd // the command of a worker's process
	Watcher Watcher
	Logs    io.Writer // of the workers
}

// leaseLife is how long the lease of a run on this machine lasts unless it is renewed. The run's process lives as long as the
// run, so it need not outlast any pause.
const leaseLife = 60 * time.Second

// drainTimeout bounds the wait for grants at the end: all worker processes have ended by then.
const drainTimeout = 10 * time.Second

// errStopped ends a pool's loop because a person asked for it.
var errStopped = errors.New("stopped")

// Run replicates a period. Cancelling stop ends it cleanly, cancelling ctx at once; either way running again completes it.
func (r *Runner) Run(ctx, stop context.Context, p period.Period, selection run.Selection) (run.Report, error) {
	now, self := time.Now(), process.Self()
	claim := run.LeaseClaim{Period: p, Run: run.NewID(p, now, uint16(self.PID)), Holder: self, Life: leaseLife}
	request, err := replicate.Begin(ctx, r.Site, replicate.BeginOptions{
		Claim: claim, Selection: selection, Now: now,
		WaitForWorkers: func(ctx context.Context, previous run.ID) error {
			return waitForOrphans(ctx, r.Site.Ledger, previous, self)
		},
	})
	if err != nil {
		return run.Report{}, err
	}
	r.Watcher.Begin(request)
	ending := context.WithoutCancel(ctx)
	if err := r.paceAll(ctx, stop, claim, request); err != nil {
		return run.Report{}, errors.Join(err, run.ReleaseLease(ending, r.Site.Ledger, p, claim.Run))
	}
	return replicate.Conclude(ending, r.Site, request, drainTimeout)
}

// paceAll runs the loops of all pools side by side, for as long as the lease is held.
func (r *Runner) paceAll(ctx, stop context.Context, claim run.LeaseClaim, request run.Request) error {
	keeping, done := context.WithCancel(ctx)
	defer done()
	loops, ctx := errgroup.WithContext(ctx)
	loops.Go(func() error { return claim.Keep(keeping, r.Site.Ledger) })
	var pools sync.WaitGroup
	preparer := newBatchPreparer(r.Site)
	for _, pool := range request.Pools {
		if pool.Batches == 0 {
			continue
		}
		pools.Add(1)
		ahead := newWindow()
		loops.Go(func() error {
			batches, err := run.ReadBatches(ctx, r.Site.Ledger, request.Run, pool.Name)
			if err != nil {
				return err
			}
			preparer.follow(ctx, ahead, batches)
			return nil
		})
		loops.Go(func() error {
			defer pools.Done()
			defer ahead.close()
			if err := r.pace(ctx, stop, pool.Name, claim, ahead); !errors.Is(err, errStopped) {
				return err
			}
			return nil // an error would end the other pools' workers at once
		})
	}
	go func() {
		pools.Wait()
		done()
	}()
	return loops.Wait()
}

// pace is the loop of one pool: beat, wait, again. No worker outlives it.
func (r *Runner) pace(ctx, stop context.Context, pool string, claim run.LeaseClaim, ahead *window) error {
	workers := newProcesses(r.Command, func(e run.EntityProgress) { r.Watcher.Entity(pool, e) }, r.Logs)
	defer workers.wait()
	limits := r.Site.Config.Limits(pool)
	pulse := &replicate.Pulse{
		Ledger: r.Site.Ledger, Run: claim.Run, Pool: pool, Limits: limits, Workers: workers, Self: claim.Holder,
		Gone: func(holder tempo.Holder) bool { return process.Gone(holder, claim.Holder) },
	}
	failedBeats := 0
	for {
		taken, err := pulse.Beat(ctx)
		switch {
		case err == nil:
			failedBeats = 0
			r.Watcher.Beat(pool, taken)
			ahead.move(len(taken.Attempts), 2*len(taken.Decision.Shares))
		case failedBeats < maxFailedBeats && isTransient(err):
			failedBeats++
			slog.Warn("could not take a beat, will try again", "pool", pool, "error", err)
			taken = run.Beat{At: time.Now(), Decision: tempo.Decision{Wait: time.Duration(failedBeats) * time.Second}}
		default:
			workers.abandon()
			return fmt.Errorf("pool %s: %w", pool, err)
		}
		if taken.Decision.Done {
			return nil
		}
		if err := r.waitForBeat(ctx, stop, workers, taken, limits.MinBeat); err != nil {
			return r.endWorkers(ctx, workers, pulse, err)
		}
	}
}

// maxFailedBeats is how many beats in a row may fail because the ledger is out of reach for a moment; the workers continue meanwhile.
const maxFailedBeats = 5

// isTransient reports whether a beat's error may be gone with the next try.
func isTransient(err error) bool {
	class := failure.ClassOf(err)
	return class == failure.Overload || class == failure.Throttled
}

// waitForBeat waits until the next beat: as long as the last one chose, or until a worker ends, but never less than the shortest
// beat, so that a window holds enough requests to judge by.
func (r *Runner) waitForBeat(ctx, stop context.Context, workers *processes, taken run.Beat, shortest time.Duration) error {
	least := time.NewTimer(time.Until(taken.At.Add(shortest)))
	defer least.Stop()
	full := time.NewTimer(time.Until(taken.At.Add(max(taken.Decision.Wait, shortest))))
	defer full.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-stop.Done():
		return errStopped
	case <-full.C:
		return nil
	case <-workers.ended:
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-stop.Done():
		return errStopped
	case <-least.C:
		return nil
	}
}

// endWorkers ends a pool's workers: after the requests under way when a person asked for it, otherwise at once. A last beat gives
// their grants back.
func (r *Runner) endWorkers(ctx context.Context, workers *processes, pulse *replicate.Pulse, reason error) error {
	if !errors.Is(reason, errStopped) {
		workers.abandon()
		return reason
	}
	workers.stop()
	ended := make(chan struct{})
	go func() {
		workers.wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		workers.abandon()
		return reason
	}
	return errors.Join(reason, pulse.Close(ctx))
}

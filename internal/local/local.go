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

	"metronome/internal/beat"
	"metronome/internal/config"
	"metronome/internal/failure"
	"metronome/internal/group"
	"metronome/internal/lease"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/report"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// Watcher is told what happens, for people to see. Its methods may be called at the same time.
type Watcher interface {
	Grouped(request run.Request)
	Beat(pool string, b run.Beat)
	Entity(pool string, e run.EntityProgress)
}

// Runner executes runs on this machine.
type Runner struct {
	Ledger  ledger.Ledger
	Config  config.Config
	Remotes map[string]string // rclone's type of each remote
	Command func(beat.Assignment) *exec.Cmd
	Watcher Watcher
	Logs    io.Writer // of the workers
}

// errStopped ends a pool's loop because a person asked for it.
var errStopped = errors.New("stopped")

// Run replicates a period. Cancelling stop ends it cleanly, cancelling ctx at once; either way running again completes it.
func (r *Runner) Run(ctx, stop context.Context, p period.Period, selection run.Selection) (run.Report, error) {
	grouping, err := group.Group(ctx, r.Ledger, r.Config, r.Remotes, group.Options{
		Period: p, Selection: selection, Now: time.Now(),
	})
	if err != nil {
		return run.Report{}, err
	}
	now, self := time.Now(), process.Self()
	id := run.NewID(p, now, uint16(self.PID))
	held, err := lease.Take(ctx, r.Ledger, p, id, self)
	if err != nil {
		return run.Report{}, err
	}
	defer func() { _ = held.Release(context.WithoutCancel(ctx)) }() // a lease not given back expires
	if err := awaitFormer(ctx, r.Ledger, held.Former, self); err != nil {
		return run.Report{}, err
	}
	request, err := grouping.Write(ctx, r.Ledger, id, now)
	if err != nil {
		return run.Report{}, err
	}
	r.Watcher.Grouped(request)
	paceErr := r.paceAll(ctx, stop, held, grouping, id, self)
	if paceErr != nil && !errors.Is(paceErr, errStopped) {
		return run.Report{}, paceErr
	}
	return report.Write(context.WithoutCancel(ctx), r.Ledger, id, func(pool string) float64 {
		return r.Config.Pools[pool].RequestsPerSecond
	})
}

// paceAll runs the loops of all pools side by side, for as long as the lease is held.
func (r *Runner) paceAll(ctx, stop context.Context, held *lease.Lease, g *group.Grouping, id run.ID, self tempo.Holder,
) error {
	keeping, done := context.WithCancel(ctx)
	loops, ctx := errgroup.WithContext(ctx)
	loops.Go(func() error { return held.Keep(keeping) })
	var pools sync.WaitGroup
	before := r.newAhead(g, id)
	for _, pool := range g.Pools {
		if len(pool.Batches) == 0 {
			continue
		}
		pools.Add(1)
		scout := newLookout()
		loops.Go(func() error {
			before.follow(ctx, scout, pool.Batches)
			return nil
		})
		loops.Go(func() error {
			defer pools.Done()
			defer scout.close()
			return r.pace(ctx, stop, pool, id, self, scout)
		})
	}
	go func() {
		pools.Wait()
		done()
	}()
	return loops.Wait()
}

// pace is the loop of one pool: beat, wait, again. No worker outlives it.
func (r *Runner) pace(ctx, stop context.Context, pool group.Pool, id run.ID, self tempo.Holder, scout *lookout,
) error {
	workers := newProcesses(r.Command, func(e run.EntityProgress) { r.Watcher.Entity(pool.Name, e) }, r.Logs)
	defer workers.wait()
	pulse := &beat.Pulse{
		Ledger: r.Ledger, Run: id, Pool: pool.Name, Limits: pool.Limits, Workers: workers, Self: self,
		Gone: func(holder tempo.Holder) bool { return process.Gone(holder, self) },
	}
	troubles := 0
	for {
		taken, err := pulse.Beat(ctx)
		switch {
		case err == nil:
			troubles = 0
			r.Watcher.Beat(pool.Name, taken)
			scout.move(len(taken.Attempts), 2*len(taken.Decision.Shares))
		case troubles < patience && passing(err):
			troubles++
			slog.Warn("could not take a beat, will try again", "pool", pool.Name, "error", err)
			taken = run.Beat{At: time.Now(), Decision: tempo.Decision{Wait: time.Duration(troubles) * time.Second}}
		default:
			workers.abandon()
			return fmt.Errorf("pool %s: %w", pool.Name, err)
		}
		if taken.Decision.Done {
			return nil
		}
		if err := r.rest(ctx, stop, workers, taken, pool.Limits.MinBeat); err != nil {
			return r.wind(ctx, workers, pulse, err)
		}
	}
}

// patience is how many beats in a row may fail because the ledger is out of reach for a moment; the workers go on meanwhile.
const patience = 5

// passing tells whether a beat's trouble may pass by itself.
func passing(err error) bool {
	class := failure.ClassOf(err)
	return class == failure.Overload || class == failure.Throttled
}

// rest waits until the next beat: as long as the last one chose, or until a worker ends, but never less than the shortest
// beat, so that a window holds enough requests to judge by.
func (r *Runner) rest(ctx, stop context.Context, workers *processes, taken run.Beat, shortest time.Duration) error {
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

// wind ends a pool's workers: after the requests under way when a person asked for it, otherwise at once. A last beat gives
// their grants back.
func (r *Runner) wind(ctx context.Context, workers *processes, pulse *beat.Pulse, reason error) error {
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

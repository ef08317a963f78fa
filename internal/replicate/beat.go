package replicate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"metronome/internal/batch"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// Workers starts workers and knows which live: processes on one machine, Workflows on Argo.
type Workers interface {
	// Start starts a worker; starting one that was started already is no error.
	Start(ctx context.Context, a run.Assignment) error
	// Live returns the names of the run's workers in a pool that may still send requests.
	Live(ctx context.Context, id run.ID, pool string) (map[string]bool, error)
}

// Pulse takes the beats of one pool in one run.
type Pulse struct {
	Ledger  ledger.Ledger
	Run     run.ID
	Pool    string
	Limits  tempo.Limits
	Workers Workers
	Self    tempo.Holder
	// Gone reports whether another run's worker is known to have ended.
	Gone func(tempo.Holder) bool

	closing bool                      // nothing is to be started any more
	batches map[batch.ID]run.Batch    // they never change
	settled map[batch.ID]run.Progress // finished for good, so never read again
	crashed map[batch.ID]bool         // whose last worker ended without saying so, as the present beat found
}

// maxLostWorkers is how many workers a batch may lose before it is given up. Handing back does not count.
const maxLostWorkers = 6

// Beat takes one turn. Only one pulse can own a beat; another's is a Contention error.
func (p *Pulse) Beat(ctx context.Context) (run.Beat, error) {
	beat, err := p.claim(ctx)
	if err != nil {
		return run.Beat{}, err
	}
	orders, err := p.readOrders(ctx)
	if err != nil {
		return run.Beat{}, err
	}
	seen, err := p.observe(ctx, &beat)
	if err != nil {
		return run.Beat{}, err
	}
	unstarted := len(seen.Waiting)
	if !orders.starting() {
		seen.Waiting = nil
	}
	beat.Decision, err = p.decide(ctx, orders.limits, seen, beat.At)
	if err != nil {
		return run.Beat{}, err
	}
	orders.holdOn(&beat, unstarted)
	orders.explain(&beat.Decision)
	for _, start := range beat.Decision.Start {
		beat.Attempts[start.Batch]++
		if p.crashed[start.Batch] {
			beat.Lost[start.Batch]++
		}
	}
	beat.PeakWorkers = max(beat.PeakWorkers, len(beat.Decision.Shares))
	if err := ledger.PutJSON(ctx, p.Ledger, p.key(beat.Number), beat); err != nil {
		return run.Beat{}, err
	}
	return beat, p.start(ctx, beat.Decision)
}

// Close takes a last beat that starts nothing, after the run's workers in the pool have ended: it counts what they did and
// gives their grants back.
func (p *Pulse) Close(ctx context.Context) error {
	p.closing = true
	_, err := p.Beat(ctx)
	return err
}

// claim creates the next beat's document, with what the last one carried over.
func (p *Pulse) claim(ctx context.Context) (run.Beat, error) {
	last, err := run.ReadLastBeat(ctx, p.Ledger, p.Run, p.Pool)
	if err != nil {
		return run.Beat{}, err
	}
	next := run.Beat{
		Version: run.Version, Number: last.Number + 1, At: time.Now().UTC(), Total: last.Total, PreviousAt: last.At,
		Attempts: last.Attempts, Lost: last.Lost, GivenUp: last.GivenUp, Finished: last.Finished, PeakWorkers: last.PeakWorkers,
	}
	if next.Lost == nil {
		next.Lost = map[batch.ID]int{}
	}
	if next.Attempts == nil {
		next.Attempts = map[batch.ID]int{}
	}
	if next.GivenUp == nil {
		next.GivenUp = map[batch.ID]run.GiveUp{}
	}
	_, err = ledger.CreateJSON(ctx, p.Ledger, p.key(next.Number), next)
	if errors.Is(err, ledger.ErrExists) {
		return run.Beat{}, failure.New(failure.Contention, p.key(next.Number), "", "let the other pulse continue",
			"another pulse owns beat %d of pool %s", next.Number, p.Pool)
	}
	return next, err
}

// decide swaps the pool's tempo for the decided one. Where another run's pulse was faster, it decides again.
func (p *Pulse) decide(ctx context.Context, limits tempo.Limits, seen tempo.Observation, now time.Time) (tempo.Decision, error) {
	var decision tempo.Decision
	_, err := ledger.Update(ctx, p.Ledger, run.TempoKey(p.Pool),
		func(state tempo.State, _ bool) (tempo.State, error) {
			seen.Dead, seen.Ended = p.dead(state), p.ended(state)
			state, decision = tempo.Decide(limits, state, seen, now)
			return state, nil
		})
	return decision, err
}

// dead names the workers of other runs that have ended without their run noticing.
func (p *Pulse) dead(state tempo.State) []string {
	var names []string
	for _, grant := range state.Grants {
		if grant.Run != string(p.Run) && p.Gone(grant.Holder) {
			names = append(names, grant.Worker)
		}
	}
	return names
}

// ended names the other runs whose process has ended without giving its demand back.
func (p *Pulse) ended(state tempo.State) []string {
	var runs []string
	for name, demand := range state.Demands {
		if name != string(p.Run) && p.Gone(demand.Holder) {
			runs = append(runs, name)
		}
	}
	return runs
}

func (p *Pulse) start(ctx context.Context, decision tempo.Decision) error {
	for _, start := range decision.Start {
		a := run.Assignment{Run: p.Run, Pool: p.Pool, Batch: start.Batch, Worker: start.Worker}
		if err := p.Workers.Start(ctx, a); err != nil {
			return fmt.Errorf("start worker %s: %w", start.Worker, err)
		}
	}
	return nil
}

func (p *Pulse) key(number int) string { return run.BeatKey(p.Run, p.Pool, number) }

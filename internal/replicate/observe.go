package replicate

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"metronome/internal/batch"
	"metronome/internal/failure"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// observe gathers what the pool's workers of this run did since the last beat, and what waits.
func (p *Pulse) observe(ctx context.Context, beat *run.Beat) (tempo.Observation, error) {
	if err := p.readBatches(ctx); err != nil {
		return tempo.Observation{}, err
	}
	live, err := p.Workers.Live(ctx, p.Run, p.Pool)
	if err != nil {
		return tempo.Observation{}, err
	}
	// The documents are read after the list of live workers: a worker that ended in between has written its last one.
	progress, err := run.ReadProgress(ctx, p.Ledger, p.Run, p.Pool, p.settled)
	if err != nil {
		return tempo.Observation{}, err
	}
	p.crashed = map[batch.ID]bool{}
	seen := tempo.Observation{Run: string(p.Run), Since: beat.PreviousAt, Holder: p.Self}
	var total run.Counts
	finished := 0
	for _, id := range p.order() {
		state := p.batchState(id, progress, live, beat)
		total = total.Plus(state.progress.Counts)
		finished += state.finished
		state.into(&seen, beat)
	}
	beat.SincePrevious, beat.Total = total.Minus(beat.Total), total
	beat.NewlyFinished, beat.Finished = finished-beat.Finished, finished
	seen.Window = tempoWindow(beat.SincePrevious, beat.NewlyFinished)
	return seen, nil
}

func tempoWindow(window run.Counts, finished int) tempo.Window {
	return tempo.Window{
		Requests: window.Requests, Throttled: window.Throttled, Contention: window.Contention,
		Overload: window.Overload, Cap: window.Cap, Other: window.Other, Seconds: window.Seconds, Finished: finished,
	}
}

// batchState is one batch as a beat finds it.
type batchState struct {
	batch    run.Batch
	progress run.Progress
	worker   string // the present or last attempt's; "" before the first
	next     string // the next attempt's
	live     bool
	over     bool // finished or given up
	finished int  // entities
}

func (p *Pulse) batchState(id batch.ID, progress map[batch.ID]run.Progress, live map[string]bool, beat *run.Beat) batchState {
	b, tried := p.batches[id], beat.Attempts[id]
	s := batchState{batch: b, progress: progress[id], next: run.WorkerName(p.Run, p.Pool, b.ID, tried+1)}
	if tried > 0 {
		s.worker = run.WorkerName(p.Run, p.Pool, b.ID, tried)
		s.live = live[s.worker]
	}
	for _, e := range s.progress.Entities {
		if e.Finished() {
			s.finished++
		}
	}
	s.over = len(s.progress.Entities) > 0 && s.progress.Finished()
	if s.over && !s.live {
		p.settled[id] = s.progress
	}
	if !s.over && !s.live && tried > 0 {
		p.crashed[id] = s.progress.State != run.WorkerEnded || s.progress.Worker != s.worker
		lost := beat.Lost[id]
		if p.crashed[id] {
			lost++
		}
		if lost >= maxLostWorkers || tried >= maxAttempts {
			beat.GivenUp[id] = run.GiveUp{
				Class: failure.Overload, Hint: "look at the workers' logs, then run the period again",
				Error: fmt.Sprintf("%d of %d workers of batch %s ended without finishing it or handing it back", lost, tried, id),
			}
		}
	}
	if _, gone := beat.GivenUp[id]; gone {
		s.over = true
	}
	return s
}

// maxAttempts is how many workers a batch gets at most. An entity is handed back 50 times at most; this ends what does not even
// get that far.
const maxAttempts = 100

// into adds a batch to what is seen of the pool.
func (s batchState) into(seen *tempo.Observation, beat *run.Beat) {
	if s.worker != "" {
		seen.Workers = append(seen.Workers, s.seenWorker())
	}
	if s.over || s.live {
		return
	}
	if ready := s.progress.NotBefore; beat.At.Before(ready) {
		if beat.NextRetryAt.IsZero() || ready.Before(beat.NextRetryAt) {
			beat.NextRetryAt = ready
		}
		return
	}
	if beat.At.Before(s.progress.CapResetsAt) && s.progress.CapResetsAt.After(seen.CapResetsAt) {
		seen.CapResetsAt = s.progress.CapResetsAt
	}
	seen.Waiting = append(seen.Waiting, tempo.Candidate{
		Batch: s.batch.ID, Worker: s.next, Accounts: s.batch.Accounts, Requests: s.remaining(),
	})
}

func (s batchState) seenWorker() tempo.Worker {
	w := tempo.Worker{Name: s.worker, Live: s.live, Remaining: s.remaining()}
	if s.progress.Worker == s.worker {
		w.Serial, w.Holder = s.progress.Share.Serial, s.progress.Holder
	}
	return w
}

func (s batchState) remaining() int64 {
	if len(s.progress.Entities) == 0 {
		return s.batch.Requests
	}
	return s.progress.Remaining()
}

// readBatches reads the run's batches of the pool, once.
func (p *Pulse) readBatches(ctx context.Context) (err error) {
	if p.batches == nil {
		p.settled = map[batch.ID]run.Progress{}
		p.batches, err = run.ReadBatches(ctx, p.Ledger, p.Run, p.Pool)
	}
	return err
}

// order returns the batches as they were packed, longest first: ids sort that way.
func (p *Pulse) order() []batch.ID { return slices.Sorted(maps.Keys(p.batches)) }

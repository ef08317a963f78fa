package tempo_test

import (
	"fmt"
	"maps"
	"slices"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

// run is one run's loop of beats over a pool in the simulation.
type run struct {
	world    *world
	name     string
	waiting  []*simulatedBatch
	workers  map[string]*worker
	window   tempo.Window
	since    float64 // of the last beat; below 0: there was none
	last     tempo.Decision
	beats    int
	ended    bool
	vanished bool // no more beats; its workers live on
	endedAt  float64
	parked   map[batch.ID]bool
	peak     int
}

// addRun adds a run that begins later.
func (w *world) addRun(name string, begins float64, batches []*simulatedBatch) *run {
	r := &run{world: w, name: name, waiting: batches, workers: map[string]*worker{}, since: -1}
	w.runs = append(w.runs, r)
	w.after(begins, r.beat)
	return r
}

// beat observes, decides, stores, and starts workers.
func (r *run) beat() {
	if r.vanished {
		return
	}
	w := r.world
	seen := r.observe()
	w.state, r.last = tempo.Decide(w.limits, w.state, seen, w.clock())
	r.beats++
	r.since, r.window = w.now, tempo.Window{}
	maps.DeleteFunc(r.workers, func(_ string, one *worker) bool { return !one.live })
	for _, start := range r.last.Start {
		r.start(start)
	}
	r.peak = max(r.peak, len(r.workers))
	w.checker.checkState(w.state, w.now)
	if r.last.Done {
		r.end()
		return
	}
	w.after(r.last.Wait.Seconds(), r.beat)
}

// observe returns what the run saw since its last beat.
func (r *run) observe() tempo.Observation {
	seen := tempo.Observation{Run: r.name, Window: r.window}
	if r.since >= 0 {
		seen.Since = noon.Add(seconds(r.since))
	}
	for _, name := range slices.Sorted(maps.Keys(r.workers)) {
		one := r.workers[name]
		seen.Workers = append(seen.Workers, tempo.Worker{
			Name: name, Live: one.live, Serial: one.share.Serial, Remaining: one.batch.requests(),
		})
	}
	for _, b := range r.waiting {
		seen.Waiting = append(seen.Waiting, tempo.Candidate{
			Batch: b.id, Worker: fmt.Sprintf("%s-%s-%d", r.name, b.id, b.attempts), Accounts: b.accounts, Requests: b.requests(),
		})
	}
	if w := r.world; w.conditions.deadAreSeen {
		for _, other := range w.runs {
			for _, name := range slices.Sorted(maps.Keys(other.workers)) {
				if other != r && !other.workers[name].live {
					seen.Dead = append(seen.Dead, name)
				}
			}
		}
	}
	return seen
}

// start takes a batch from the waiting ones and lets its worker begin after a while.
func (r *run) start(start tempo.Start) {
	i := slices.IndexFunc(r.waiting, func(b *simulatedBatch) bool { return b.id == start.Batch })
	b := r.waiting[i]
	r.waiting = slices.Delete(r.waiting, i, i+1)
	b.attempts++
	one := &worker{world: r.world, run: r, name: start.Worker, batch: b, live: true}
	r.workers[one.name] = one
	r.world.checker.began(one, r.world.now)
	r.world.after(r.world.conditions.startDelay, one.begin)
}

func (r *run) end() {
	r.ended, r.endedAt = true, r.world.now
	r.parked = map[batch.ID]bool{}
	for _, p := range r.last.Parked {
		for _, id := range p.Batches {
			r.parked[id] = true
		}
	}
}

// vanish stops the run's beats, as if its host was cut off. Its workers learn of it only by their grants growing old.
func (r *run) vanish() {
	if r.ended {
		return
	}
	r.vanished, r.ended = true, true
	for _, name := range slices.Sorted(maps.Keys(r.workers)) {
		if g := r.world.grant(name); g != nil {
			left := g.Renewed.Add(r.world.limits.Expiry() - stopMargin/2).Sub(r.world.clock())
			r.world.after(left.Seconds(), func() { r.workers[name].holdsGrant() })
		}
	}
}

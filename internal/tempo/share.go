package tempo

import (
	"cmp"
	"slices"
	"time"
)

// division says how the pool's workers are divided among the runs, and its rate among the workers.
type division struct {
	workers       int   // that this run shall have
	share         Share // of each worker of the pool, as soon as it is free
	waitsForOther bool  // this run should have more workers, but other runs' workers have the slots
}

// divide divides the pool's workers among the runs by their demands, and the rate among the workers. Every worker gets the
// same share, so a run's part of the rate is its part of the workers.
func (b *beat) divide(state State, startable []Candidate, holdStarts bool) (State, division) {
	state.WorkerFactor = b.workerFactor(state, len(startable) > 0, holdStarts)
	slots := b.limits.workerSlots()
	own := state.Demands[b.seen.Run]
	own.Workers = min(workersOf(state, b.seen.Run)+len(startable), slots)
	own.MinWorkers = b.minWorkers(state, startable)
	state.Demands[b.seen.Run] = own
	state.Workers = b.neededWorkers(state)
	runs := contenders(state)
	live, demands := make([]int, len(runs)), make([]int, len(runs))
	for i, c := range runs {
		live[i], demands[i] = c.live, c.demand
	}
	wanted := min(max(state.Workers, len(runs)), slots) // every run gets one, as far as there are slots
	due := handOut(wanted, make([]int, len(runs)), demands, demands)
	planned := handOut(slots, live, due, demands) // nobody's worker is taken away
	var d division
	pool := 0
	for i, c := range runs {
		pool += planned[i]
		if c.run == b.seen.Run {
			d.workers, d.waitsForOther = planned[i], planned[i] < due[i]
		}
	}
	d.share = b.shareOfEach(state.Rate, max(1, pool))
	return state, d
}

// How far the need must be from the present number of workers to change it: every change makes all workers take other shares
// over.
const (
	needsMore  = 1.1
	needsFewer = 0.75
)

// neededWorkers is the number of workers that the rate needs. It stays as it is while the need is about the same.
func (b *beat) neededWorkers(state State) int {
	needed := state.WorkerFactor * b.limits.neededWorkers(state.Rate, state.SecondsPerRequest)
	for _, d := range state.Demands {
		needed = max(needed, d.MinWorkers)
	}
	present := float64(state.Workers)
	if needed > present*needsMore || needed < present*needsFewer {
		return wholeWorkers(needed)
	}
	return state.Workers
}

// beatsPerBatch is how many of the shortest beats a batch should last at least: about one beat is lost between a worker's end
// and the start of the next.
const beatsPerBatch = 20

// minWorkers is the number of workers among which the rate has to be divided for this run's next batches to last.
func (b *beat) minWorkers(state State, startable []Candidate) float64 {
	if len(startable) == 0 {
		return 0
	}
	mean := max(1, float64(totalRequests(startable))/float64(len(startable)))
	return beatsPerBatch * b.limits.MinBeat.Seconds() * state.Rate / mean
}

// A worker does not always have a request to send: it renders, looks things up, or can do only one thing at a time. Where
// the workers that latency alone asks for leave too much of the rate unused, more of them with smaller shares use it better.
const (
	factorUp       = 1.25
	factorDown     = 0.98
	factorMost     = 4.0
	nearlyAll      = 0.95
	factorRequests = 50 // that a window must allow for its use to say something
)

// workerFactor compares what this run's workers used with what they had.
func (b *beat) workerFactor(state State, canStart, holdStarts bool) float64 {
	factor := max(1, state.WorkerFactor)
	shares, known := b.sharesOfWindow(state)
	switch {
	case !known || holdStarts:
		return factor
	case b.used() < wellUsed*shares && canStart:
		return min(factorMost, factor*factorUp)
	case b.used() > nearlyAll*shares:
		return max(1, factor*factorDown)
	default:
		return factor
	}
}

// sharesOfWindow sums this run's shares, if all its workers had them for the whole window and nothing held them up.
func (b *beat) sharesOfWindow(state State) (sum float64, known bool) {
	if b.seen.Requests == 0 || b.seen.Overload > 0 {
		return 0, false
	}
	for i := range state.Grants {
		g := &state.Grants[i]
		if g.Run != b.seen.Run {
			continue
		}
		if !g.acknowledged() || g.Started.After(b.seen.Since) {
			return 0, false
		}
		sum += g.Share.RequestsPerSecond
	}
	return sum, sum*b.windowSeconds() >= factorRequests
}

// contender is a run in the division of workers.
type contender struct {
	run    string
	served time.Time // when it last started a worker
	demand int       // workers that it could use
	live   int       // that it has
}

// contenders lists the runs that want workers or have some. Who was served longest ago comes first.
func contenders(state State) []contender {
	live := map[string]int{}
	for i := range state.Grants {
		live[state.Grants[i].Run]++
	}
	runs := []contender{}
	for run, d := range state.Demands {
		if demand := max(d.Workers, live[run]); demand > 0 {
			runs = append(runs, contender{run: run, served: d.Served, demand: demand, live: live[run]})
		}
		delete(live, run)
	}
	for run, n := range live {
		runs = append(runs, contender{run: run, demand: n, live: n})
	}
	slices.SortFunc(runs, func(a, b contender) int {
		return cmp.Or(a.served.Compare(b.served), cmp.Compare(a.run, b.run))
	})
	return runs
}

// handOut returns out slots one by one, each to the run that has the smallest part of its demand, until the slots are used up
// or every run has reached its limit. It returns what each then has; among equals the first comes first.
func handOut(slots int, has, limits, demands []int) []int {
	has = slices.Clone(has)
	given := 0
	for _, n := range has {
		given += n
	}
	for ; given < slots; given++ {
		next := -1
		for i := range has {
			if has[i] < limits[i] && (next < 0 || has[i]*demands[next] < has[next]*demands[i]) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		has[next]++
	}
	return has
}

// shareOfEach is the share of each of a number of workers.
func (b *beat) shareOfEach(rate float64, workers int) Share {
	each := rate / float64(workers)
	if b.limits.AccountPerSecond > 0 {
		each = min(each, b.limits.AccountPerSecond)
	}
	return Share{RequestsPerSecond: roundDown(each), Burst: b.burstOfEach(each, workers)}
}

// burstOfEach keeps half of the burst back, as far as each worker has one: newcomers need some, and requests do not arrive as
// evenly as they were sent. A burst of more than a second's requests is of no use.
func (b *beat) burstOfEach(rate float64, workers int) int {
	return max(1, min(b.limits.Burst/2/workers, int(rate)))
}

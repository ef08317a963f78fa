package tempo

import (
	"cmp"
	"slices"
)

// plan shares the pool's workers out among the runs, and the rate among the workers. Every worker gets the same share, so a
// run's part of the rate is its part of the workers.
func (b *beat) plan() {
	b.setSpread()
	b.demand.Workers = min(b.live(b.seen.Run)+len(b.picks), b.limits.seats())
	b.demand.MinWorkers = b.forLastingBatches()
	b.state.Demands[b.seen.Run] = b.demand
	places := b.places()
	wanted := max(b.wanted(), len(places))
	fill(places, min(wanted, b.limits.seats()), func(p *place) *int { return &p.due }, func(p *place) int { return p.demand })
	for i := range places {
		places[i].planned = places[i].live
	}
	fill(places, b.limits.seats(), func(p *place) *int { return &p.planned }, func(p *place) int { return p.due })
	for _, p := range places {
		b.planned += p.planned
		if p.run == b.seen.Run {
			b.mine, b.crowded = p.planned, p.planned < p.due
		}
	}
	b.target = b.shareOf(b.planned)
}

// place is a run in the sharing out of workers.
type place struct {
	run     string
	order   Demand // who was served longest ago comes first
	demand  int    // workers that it could use
	live    int    // that it has
	due     int    // that it shall have in the end
	planned int    // that it can have now: nobody's worker is taken away
}

// places lists the runs that want workers or have some.
func (b *beat) places() []place {
	live := map[string]int{}
	for i := range b.state.Grants {
		live[b.state.Grants[i].Run]++
	}
	places := []place{}
	for run, d := range b.state.Demands {
		if demand := max(d.Workers, live[run]); demand > 0 {
			places = append(places, place{run: run, order: d, demand: demand, live: live[run]})
		}
		delete(live, run)
	}
	for run, n := range live {
		places = append(places, place{run: run, demand: n, live: n})
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(a.order.Served.Compare(b.order.Served), cmp.Compare(a.run, b.run))
	})
	return places
}

// fill gives out seats one by one, each to the run that has the smallest part of its demand, until the seats or the
// demands run out. Among equals the run that was served longest ago is first.
func fill(places []place, seats int, has func(*place) *int, limit func(*place) int) {
	given := 0
	for i := range places {
		given += *has(&places[i])
	}
	for ; given < seats; given++ {
		next := (*place)(nil)
		for i := range places {
			p := &places[i]
			if *has(p) < limit(p) && (next == nil || *has(p)*next.demand < *has(next)*p.demand) {
				next = p
			}
		}
		if next == nil {
			return
		}
		*has(next)++
	}
}

// leaveDemand tells the other runs what this run wants of the pool.
func (b *beat) leaveDemand() {
	if b.done() {
		delete(b.state.Demands, b.seen.Run)
		return
	}
	b.demand.Holder = b.seen.Holder
	b.state.Demands[b.seen.Run] = b.demand
}

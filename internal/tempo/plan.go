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

// How far the need must be from the present number of workers to change it: every change makes all workers take other shares
// over.
const (
	needsMore  = 1.1
	needsFewer = 0.75
)

// wanted is the number of workers that the rate needs. It stays as it is while the need is about the same.
func (b *beat) wanted() int {
	needed := max(1, b.state.Spread) * b.limits.need(b.state.Rate, b.state.SecondsPerRequest)
	needed = max(needed, b.forLastingBatches())
	kept := float64(b.state.Workers)
	if needed > kept*needsMore || needed < kept*needsFewer {
		b.state.Workers = wholeWorkers(needed)
	}
	return min(b.state.Workers, b.limits.seats())
}

// lasting is how many of the shortest beats a batch should last at least: about one beat is lost between a worker's end and
// the start of the next.
const lasting = 20

// forLastingBatches is the number of workers among which the rate has to be divided for the next batches to last.
func (b *beat) forLastingBatches() float64 {
	if len(b.picks) == 0 {
		return 0
	}
	var requests int64
	for i := range b.picks {
		requests += b.picks[i].Requests
	}
	mean := max(1, float64(requests)/float64(len(b.picks)))
	return lasting * b.limits.MinBeat.Seconds() * b.state.Rate / mean
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

// shareOf is the share of each of some workers.
func (b *beat) shareOf(workers int) Share {
	workers = max(1, workers)
	rate := b.state.Rate / float64(workers)
	if b.limits.AccountPerSecond > 0 {
		rate = min(rate, b.limits.AccountPerSecond)
	}
	return Share{RequestsPerSecond: floorRate(rate), Burst: b.burstOf(workers, rate)}
}

// burstOf keeps half of the burst back, as far as each worker has one: newcomers need some, and requests do not arrive as
// evenly as they were sent. A burst of more than a second's requests is of no use.
func (b *beat) burstOf(workers int, rate float64) int {
	if b.limits.Burst < 1 {
		return 1
	}
	return max(1, min(b.limits.Burst/2/workers, int(rate)))
}

// startWorkers gives grants to the first candidates, while there is a seat, a token of the burst and enough rate: a worker
// keeps its first share through a whole entity, so it does not start with less than half of its target.
func (b *beat) startWorkers() {
	seats := min(b.mine-b.live(b.seen.Run), len(b.picks))
	rate, burst := b.free()
	for i := range seats {
		share := Share{
			RequestsPerSecond: floorRate(min(b.target.RequestsPerSecond, rate)),
			Burst:             min(b.target.Burst, burst),
			Serial:            1,
		}
		if b.holdStarts || share.RequestsPerSecond < b.target.RequestsPerSecond/2 || share.RequestsPerSecond <= 0 || share.Burst < 1 {
			b.refused = true
			return
		}
		b.grant(b.picks[i], share)
		rate, burst = rate-share.RequestsPerSecond, burst-share.Burst
	}
}

// grant starts a candidate's worker.
func (b *beat) grant(c Candidate, share Share) {
	reserved := share
	reserved.Serial = 0
	g := Grant{
		Worker: c.Worker, Run: b.seen.Run, Batch: c.Batch, Accounts: c.Accounts, Share: share, Reserved: reserved,
		Requests: c.Requests, Holder: b.seen.Holder, Issued: b.now, Started: b.now, Renewed: b.now,
	}
	g.expectEnd(b.now, b.workerRate())
	b.state.Grants = append(b.state.Grants, g)
	b.starts = append(b.starts, Start{Worker: c.Worker, Batch: c.Batch, Share: share})
	b.demand.Served = b.now
}

// leaveDemand tells the other runs what this run wants of the pool.
func (b *beat) leaveDemand() {
	if b.done() {
		delete(b.state.Demands, b.seen.Run)
		return
	}
	b.state.Demands[b.seen.Run] = b.demand
}

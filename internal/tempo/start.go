package tempo

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

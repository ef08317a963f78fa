package tempo

// A worker does not always have a request to send: it renders, looks things up, or can do only one thing at a time. Where
// the workers that latency alone asks for leave too much of the rate unused, more of them with smaller shares use it better.
const (
	spreadUp       = 1.25
	spreadDown     = 0.98
	spreadMost     = 4.0
	nearlyAll      = 0.95
	spreadRequests = 50 // that a window must allow for its use to say something
)

// setSpread compares what this run's workers used with what they had.
func (b *beat) setSpread() {
	b.state.WorkerFactor = max(1, b.state.WorkerFactor)
	shares, judged := b.judgedShares()
	if !judged {
		return
	}
	switch {
	case b.used() < wellUsed*shares && len(b.picks) > 0:
		b.state.WorkerFactor = min(spreadMost, b.state.WorkerFactor*spreadUp)
	case b.used() > nearlyAll*shares:
		b.state.WorkerFactor = max(1, b.state.WorkerFactor*spreadDown)
	}
}

// judgedShares sums this run's shares, if all its workers had them for the whole window and nothing held them up.
func (b *beat) judgedShares() (sum float64, judged bool) {
	if b.seen.Requests == 0 || b.holdStarts || b.seen.Overload > 0 {
		return 0, false
	}
	for i := range b.state.Grants {
		g := &b.state.Grants[i]
		if g.Run != b.seen.Run {
			continue
		}
		if !g.acknowledged() || g.Started.After(b.seen.Since) {
			return 0, false
		}
		sum += g.Share.RequestsPerSecond
	}
	return sum, sum*b.window() >= spreadRequests
}

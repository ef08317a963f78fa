package tempo

import (
	"cmp"
	"slices"
)

// choose finds the candidates that could start now: longest first, no account twice or in use by anybody, as far as the
// budgets allow, at most as many as there are seats.
func (b *beat) choose() {
	busy := b.busyAccounts()
	granted := b.granted()
	left := b.budgets()
	for _, c := range longestFirst(b.seen.Waiting) {
		switch {
		case granted[c.Worker]: // its start is repeated
		case !b.state.ParkedUntil.IsZero():
			b.parked.add(c.Batch, b.state.ParkedUntil, "the provider reported that an allowance is used up")
		case anyIn(busy, c.Accounts):
			b.stuck++
		default:
			b.consider(c, left, busy)
		}
	}
}

// consider picks a candidate whose accounts are free, if the budgets allow.
func (b *beat) consider(c Candidate, left budgets, busy map[string]bool) {
	verdict, by := left.judge(c.Requests)
	switch {
	case verdict == parks:
		b.parked.add(c.Batch, by.until(c.Requests), by.words(c.Requests))
	case verdict == waits:
		b.stuck++
	case len(b.picks) >= b.limits.seats():
		b.queued++
	default:
		left.reserve(c.Requests)
		b.picks = append(b.picks, c)
		for _, account := range c.Accounts {
			busy[account] = true
		}
	}
}

// busyAccounts are those that some live worker of any run has.
func (b *beat) busyAccounts() map[string]bool {
	busy := map[string]bool{}
	for i := range b.state.Grants {
		for _, account := range b.state.Grants[i].Accounts {
			busy[account] = true
		}
	}
	return busy
}

// granted are the workers that have a grant.
func (b *beat) granted() map[string]bool {
	workers := map[string]bool{}
	for i := range b.state.Grants {
		workers[b.state.Grants[i].Worker] = true
	}
	return workers
}

func anyIn(set map[string]bool, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return set[name] })
}

// longestFirst orders candidates by the work that has to be done one after another: the batches of one account are a chain,
// and the longest chain decides when the pool can end. Among equals the batch id decides.
func longestFirst(waiting []Candidate) []Candidate {
	chains := map[string]int64{}
	for i := range waiting {
		if c := &waiting[i]; len(c.Accounts) == 1 {
			chains[c.Accounts[0]] += c.Requests
		}
	}
	chain := func(c *Candidate) int64 {
		if len(c.Accounts) == 1 {
			return chains[c.Accounts[0]]
		}
		return c.Requests
	}
	order := make([]ordered, len(waiting))
	for i := range waiting {
		order[i] = ordered{waiting[i], chain(&waiting[i])}
	}
	slices.SortFunc(order, func(a, b ordered) int {
		return cmp.Or(cmp.Compare(b.chain, a.chain), cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Batch, b.Batch))
	})
	result := make([]Candidate, len(order))
	for i := range order {
		result[i] = order[i].Candidate
	}
	return result
}

// ordered is a candidate with the length of its chain.
type ordered struct {
	Candidate
	chain int64
}

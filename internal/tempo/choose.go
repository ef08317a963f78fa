package tempo

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"metronome/internal/batch"
)

// choice sorts the batches that wait by what they wait for.
type choice struct {
	startable []Candidate // for a worker only; longest first, as many as there are slots at most
	queued    int         // for a slot
	blocked   int         // for an account, or for what running batches have reserved of a budget
	parked    []Parked    // for an allowance
}

// choose finds the candidates that could start now: longest first, no account twice or in use by anybody, as far as the
// budgets allow, at most as many as there are slots.
func (b *beat) choose(state State) choice {
	var c choice
	var parked parkedList
	busy := busyAccounts(state)
	granted := grantedWorkers(state)
	left := b.budgets(state)
	for _, one := range longestFirst(b.seen.Waiting) {
		answer, by := left.check(one.Requests)
		switch {
		case granted[one.Worker]: // its start is repeated
		case !state.ParkedUntil.IsZero():
			parked.add(one.Batch, state.ParkedUntil, "the provider reported that an allowance is used up")
		case anyIn(busy, one.Accounts):
			c.blocked++
		case answer == exceeded:
			parked.add(one.Batch, by.until(one.Requests), by.words(one.Requests))
		case answer == reservedByOthers:
			c.blocked++
		case len(c.startable) >= b.limits.workerSlots():
			c.queued++
		default:
			left.reserve(one.Requests)
			c.startable = append(c.startable, one)
			for _, account := range one.Accounts {
				busy[account] = true
			}
		}
	}
	c.parked = parked.entries
	return c
}

// busyAccounts returns the accounts that some live worker of any run has.
func busyAccounts(state State) map[string]bool {
	busy := map[string]bool{}
	for i := range state.Grants {
		for _, account := range state.Grants[i].Accounts {
			busy[account] = true
		}
	}
	return busy
}

// grantedWorkers returns the workers that have a grant.
func grantedWorkers(state State) map[string]bool {
	workers := map[string]bool{}
	for i := range state.Grants {
		workers[state.Grants[i].Worker] = true
	}
	return workers
}

func anyIn(set map[string]bool, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return set[name] })
}

func totalRequests(candidates []Candidate) (requests int64) {
	for i := range candidates {
		requests += candidates[i].Requests
	}
	return requests
}

// longestFirst orders candidates by the length of their chains: the longest decides when the pool can end. Among equals the
// batch id decides.
func longestFirst(waiting []Candidate) []Candidate {
	type chained struct {
		Candidate
		chain int64
	}
	chains := batch.Chains{}
	for i := range waiting {
		chains.Add(waiting[i].Accounts, waiting[i].Requests)
	}
	order := make([]chained, len(waiting))
	for i, one := range waiting {
		order[i] = chained{one, chains.Length(one.Accounts, one.Requests)}
	}
	slices.SortFunc(order, func(a, b chained) int {
		return cmp.Or(cmp.Compare(b.chain, a.chain), cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Batch, b.Batch))
	})
	result := make([]Candidate, len(order))
	for i := range order {
		result[i] = order[i].Candidate
	}
	return result
}

// budgetAnswer is what the budgets say about a batch.
type budgetAnswer int

const (
	fits             budgetAnswer = iota
	reservedByOthers              // it fits if running batches do not use all that they have reserved
	exceeded                      // it fits after the reset at the earliest
)

// budget is one of the pool's allowances, while candidates are chosen.
type budget struct {
	name     string
	limit    int64
	used     int64
	reserved int64 // by live workers, and by candidates chosen already
	reset    time.Time
}

type budgets []*budget

func (b *beat) budgets(state State) budgets {
	var reserved int64
	for i := range state.Grants {
		reserved += state.Grants[i].Requests
	}
	var all budgets
	if b.limits.DayBudget > 0 {
		all = append(all, &budget{"day", b.limits.DayBudget, state.Usage.DayRequests, reserved, nextDay(b.now)})
	}
	if b.limits.MonthBudget > 0 {
		all = append(all, &budget{"month", b.limits.MonthBudget, state.Usage.MonthRequests, reserved, nextMonth(b.now)})
	}
	return all
}

// check returns what the budgets say about a batch, and which of them it exceeds.
func (all budgets) check(requests int64) (answer budgetAnswer, by *budget) {
	for _, one := range all {
		switch {
		case requests > one.limit:
			return exceeded, one
		case one.used+requests > one.limit:
			answer, by = exceeded, one // of two that are exceeded, the month resets later
		case answer == fits && one.used+one.reserved+requests > one.limit:
			answer = reservedByOthers
		}
	}
	return answer, by
}

// reserve takes a chosen candidate's requests.
func (all budgets) reserve(requests int64) {
	for _, one := range all {
		one.reserved += requests
	}
}

// until is when a batch that exceeds the budget may start; zero: not before the budget is raised.
func (one *budget) until(requests int64) time.Time {
	if requests > one.limit {
		return time.Time{}
	}
	return one.reset
}

// words say why a batch exceeds the budget.
func (one *budget) words(requests int64) string {
	if requests > one.limit {
		return fmt.Sprintf("larger than the whole %s budget of %d requests", one.name, one.limit)
	}
	return fmt.Sprintf("the %s budget of %d requests has %d left", one.name, one.limit, max(0, one.limit-one.used))
}

// parkedList collects what is parked, by reason.
type parkedList struct {
	entries []Parked
	index   map[string]int
}

func (p *parkedList) add(id batch.ID, until time.Time, reason string) {
	n, known := p.index[reason]
	if !known {
		if p.index == nil {
			p.index = map[string]int{}
		}
		n = len(p.entries)
		p.index[reason] = n
		p.entries = append(p.entries, Parked{Until: until, Reason: reason})
	}
	p.entries[n].Batches = append(p.entries[n].Batches, id)
}

// parkedBatches returns the set of parked batches.
func parkedBatches(parked []Parked) map[batch.ID]bool {
	set := map[batch.ID]bool{}
	for i := range parked {
		for _, id := range parked[i].Batches {
			set[id] = true
		}
	}
	return set
}

package tempo

import (
	"fmt"
	"time"

	"metronome/internal/batch"
)

// verdict says whether the budgets let a batch start.
type verdict int

const (
	fits  verdict = iota
	waits         // what running batches have reserved may not all be used
	parks         // not before the reset
)

// budgets are what is left of the pool's allowances while candidates are chosen.
type budgets struct {
	list []*budget
}

// budget is one allowance.
type budget struct {
	name     string
	limit    int64
	used     int64
	reserved int64 // by live workers, and by candidates chosen already
	reset    time.Time
}

func (b *beat) budgets() budgets {
	var reserved int64
	for i := range b.state.Grants {
		reserved += b.state.Grants[i].Requests
	}
	var all budgets
	if b.limits.DayBudget > 0 {
		all.list = append(all.list, &budget{"day", b.limits.DayBudget, b.state.Usage.DayRequests, reserved, nextDay(b.now)})
	}
	if b.limits.MonthBudget > 0 {
		all.list = append(all.list, &budget{"month", b.limits.MonthBudget, b.state.Usage.MonthRequests, reserved, nextMonth(b.now)})
	}
	return all
}

// judge says what the budgets have to say about a batch, and which of them parks it.
func (all budgets) judge(requests int64) (verdict, *budget) {
	worst, by := fits, (*budget)(nil)
	for _, one := range all.list {
		switch {
		case requests > one.limit:
			return parks, one
		case one.used+requests > one.limit:
			worst, by = parks, one // of two that park, the month resets later
		case worst == fits && one.used+one.reserved+requests > one.limit:
			worst = waits
		}
	}
	return worst, by
}

// reserve takes a chosen candidate's requests.
func (all budgets) reserve(requests int64) {
	for _, one := range all.list {
		one.reserved += requests
	}
}

// parking collects what is parked, by reason.
type parking struct {
	entries []Parked
	index   map[string]int
}

// add parks a batch.
func (p *parking) add(id batch.ID, until time.Time, reason string) {
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

func (p *parking) list() []Parked { return p.entries }

func (p *parking) count() int {
	n := 0
	for i := range p.entries {
		n += len(p.entries[i].Batches)
	}
	return n
}

// batchesOf gives the set of parked batches.
func batchesOf(parked []Parked) map[batch.ID]bool {
	set := map[batch.ID]bool{}
	for i := range parked {
		for _, id := range parked[i].Batches {
			set[id] = true
		}
	}
	return set
}

// until is when a batch that does not fit may start; zero: not before the budget is raised.
func (one *budget) until(requests int64) time.Time {
	if requests > one.limit {
		return time.Time{}
	}
	return one.reset
}

// words say why a batch does not fit.
func (one *budget) words(requests int64) string {
	if requests > one.limit {
		return fmt.Sprintf("larger than the whole %s budget of %d requests", one.name, one.limit)
	}
	return fmt.Sprintf("the %s budget of %d requests has %d left", one.name, one.limit, max(0, one.limit-one.used))
}

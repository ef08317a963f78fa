package calendar

import (
	"metronome/internal/entity"
	"metronome/internal/period"
)

// orderPeriods is how many periods FirstAfter looks at where the rules alone do not tell: weekdays and leap years repeat
// every 28 years, and Easter moves within them.
const orderPeriods = 28 * 12

// FirstAfter looks for a period in which the first rule is due after the second, over the 28 years that begin with from. It
// is how a template set is checked: a preparer must never be due after the reviewer.
func (c *Calendar) FirstAfter(first, second Rule, convention entity.Close, periods period.Calendar, from period.Period,
) (period.Period, bool) {
	if neverAfter(first, second, convention) {
		return period.Period{}, false
	}
	p := from
	for range orderPeriods {
		if c.Due(first, p, periods, convention).After(c.Due(second, p, periods, convention)) {
			return p, true
		}
		p = periods.Next(p)
	}
	return period.Period{}, false
}

// neverAfter reports whether the rules alone say that the first is due no later than the second in any calendar; false where
// they do not tell.
func neverAfter(first, second Rule, convention entity.Close) bool {
	switch {
	case first.kind == noRule, second.kind == noRule:
		return true
	case first.kind == second.kind && second.kind == workdaysBack:
		return first.n >= second.n
	case first.kind == second.kind:
		return first.n <= second.n
	case first.kind == workdaysBack && second.kind == endOfMonth:
		return true
	case convention == entity.NonClose:
		return false
	case first.kind == days && second.kind == workdays:
		return first.n <= second.n
	default:
		return !first.followsPeriod() && second.followsPeriod()
	}
}

// followsPeriod reports whether the rule of a standard close comes to a day after the period's end.
func (r Rule) followsPeriod() bool { return r.kind == workdays || r.kind == days }

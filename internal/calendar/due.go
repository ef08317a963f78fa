package calendar

import (
	"time"

	"metronome/internal/entity"
	"metronome/internal/period"
)

// Due returns the due date under a rule in a period, midnight UTC; the zero time for no rule. Rules that count inside the
// period never leave it: D31 of a non-close entity's April is 30 April, and a BD-40 is April's first working day.
func (c *Calendar) Due(rule Rule, p period.Period, periods period.Calendar, convention entity.CloseConvention) time.Time {
	start, end := periods.Start(p), periods.End(p)
	inside := convention == entity.NonClose
	switch rule.kind {
	case workdays:
		if inside {
			return c.nthWorkday(start, end, 1, rule.n)
		}
		return c.nthWorkday(end.AddDate(0, 0, 1), time.Time{}, 1, rule.n)
	case workdaysBeforeEnd:
		return c.nthWorkday(end, start, -1, rule.n)
	case days:
		if inside {
			return earlier(start.AddDate(0, 0, rule.n-1), end)
		}
		return end.AddDate(0, 0, rule.n)
	case endOfMonth:
		return end
	default:
		return time.Time{}
	}
}

// maxSearchDays bounds the search for a working day, in days: own holidays may cover whole months, but not years.
const maxSearchDays = 1000

// nthWorkday returns the nth working day from at on, in steps of one day; no further than last where that is set, and then the
// last working day seen on the way, or at itself where there was none.
func (c *Calendar) nthWorkday(at, last time.Time, step, n int) time.Time {
	found := at
	for range maxSearchDays {
		if c.IsWorkday(at) {
			found = at
			if n--; n == 0 {
				break
			}
		}
		if at.Equal(last) {
			break
		}
		at = at.AddDate(0, 0, step)
	}
	return found
}

// StartOfDay returns the moment at which a day begins in a zone. A clock may skip its midnight or pass it twice.
func StartOfDay(at time.Time, zone *time.Location) time.Time {
	year, month, date := at.Date()
	day := time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
	moment := time.Date(year, month, date, -2, 0, 0, 0, zone)
	for dateIn(moment).Before(day) {
		moment = moment.Add(quarterHour) // clocks change at quarters of an hour, by quarters of an hour
	}
	return moment.UTC()
}

const quarterHour = 15 * time.Minute

func dateIn(moment time.Time) time.Time {
	year, month, date := moment.Date()
	return time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// periodsToCheck is how many periods FirstOrderViolation looks at where the rules alone leave the order open: weekdays and leap
// years repeat every 28 years, and Easter moves within them.
const periodsToCheck = 28 * 12

// FirstOrderViolation returns the first period in which the first rule is due after the second, over the 28 years that begin
// with from. It is how a template set is checked: a preparer must never be due after the reviewer.
func (c *Calendar) FirstOrderViolation(first, second Rule, convention entity.CloseConvention, periods period.Calendar, from period.Period,
) (period.Period, bool) {
	if alwaysInOrder(first, second, convention) {
		return period.Period{}, false
	}
	p := from
	for range periodsToCheck {
		if c.Due(first, p, periods, convention).After(c.Due(second, p, periods, convention)) {
			return p, true
		}
		p = periods.Next(p)
	}
	return period.Period{}, false
}

// alwaysInOrder reports whether the rules alone say that the first is due no later than the second in any calendar; false where
// they leave it open.
func alwaysInOrder(first, second Rule, convention entity.CloseConvention) bool {
	switch {
	case first.kind == noRule, second.kind == noRule:
		return true
	case first.kind == second.kind && second.kind == workdaysBeforeEnd:
		return first.n >= second.n
	case first.kind == second.kind:
		return first.n <= second.n
	case first.kind == workdaysBeforeEnd && second.kind == endOfMonth:
		return true
	case convention == entity.NonClose:
		return false
	case first.kind == days && second.kind == workdays:
		return first.n <= second.n
	default:
		return !first.isDueAfterPeriodEnd() && second.isDueAfterPeriodEnd()
	}
}

// isDueAfterPeriodEnd reports whether the rule of a standard close is due after the period's end.
func (r Rule) isDueAfterPeriodEnd() bool { return r.kind == workdays || r.kind == days }

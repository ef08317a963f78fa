package calendar

import (
	"time"

	"metronome/internal/entity"
	"metronome/internal/period"
)

// Due returns the day that a rule comes to in a period, midnight UTC; the zero time for no rule. Rules that count inside the
// period never leave it: D31 of a non-close entity's April is 30 April, and a BD-40 is April's first working day.
func (c *Calendar) Due(rule Rule, p period.Period, periods period.Calendar, convention entity.Close) time.Time {
	start, end := periods.Start(p), periods.End(p)
	inside := convention == entity.NonClose
	switch rule.kind {
	case workdays:
		if inside {
			return c.workday(start, end, 1, rule.n)
		}
		return c.workday(end.AddDate(0, 0, 1), time.Time{}, 1, rule.n)
	case workdaysBack:
		return c.workday(end, start, -1, rule.n)
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

// horizon bounds the search for a working day, in days: own holidays may cover whole months, but not years.
const horizon = 1000

// workday gives the nth working day from at on, in steps of one day; no further than last where that is set, and then the
// last working day seen on the way, or at itself where there was none.
func (c *Calendar) workday(at, last time.Time, step, n int) time.Time {
	found := at
	for range horizon {
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

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

package tempo

import (
	"time"
)

// What a moving average has to see before it has moved half of the way.
const (
	halfRequests = 100  // requests, for the time that one takes
	halfSeconds  = 30.0 // for the rate that a run uses
)

// measure counts the window against the budgets, and into the averages.
func (b *beat) measure() {
	b.countUsage()
	b.noteCap()
	if b.seen.Requests > 0 {
		b.state.SecondsPerRequest = smooth(b.state.SecondsPerRequest,
			b.seen.Seconds/float64(b.seen.Requests), float64(b.seen.Requests)/halfRequests)
	}
	for _, run := range b.seen.Ended {
		delete(b.state.Demands, run)
	}
	for run, d := range b.state.Demands {
		if b.now.Sub(d.Seen) > b.limits.Expiry() {
			delete(b.state.Demands, run)
		}
	}
	b.demand = b.state.Demands[b.seen.Run]
	b.demand.Seen = b.now
	b.demand.Used = b.used()
	if b.demand.Used > 0 {
		b.demand.Usual = smooth(b.demand.Usual, b.demand.Used, b.window()/halfSeconds)
	}
}

// used is what this run sent per second in its window.
func (b *beat) used() float64 {
	if b.window() <= 0 {
		return 0
	}
	return float64(b.seen.Requests) / b.window()
}

// smooth moves an average towards a new value, half of the way at a weight of 1; the first value is the average.
func smooth(average, value, weight float64) float64 {
	if average == 0 {
		return value
	}
	return (average + weight*value) / (1 + weight)
}

// countUsage adds the window to the day's and the month's requests; what was sent before midnight counts for the new day.
func (b *beat) countUsage() {
	b.state.Usage.turn(b.now)
	b.state.Usage.add(b.seen.Requests)
}

// turn begins a new day and a new month at zero.
func (u *Usage) turn(now time.Time) {
	at := now.UTC()
	if day := at.Format(time.DateOnly); u.Day != day {
		u.Day, u.DayRequests = day, 0
	}
	if month := at.Format("2006-01"); u.Month != month {
		u.Month, u.MonthRequests = month, 0
	}
}

func (u *Usage) add(requests int64) {
	u.DayRequests += requests
	u.MonthRequests += requests
}

// noteCap parks the pool when the provider says that an allowance is used up.
func (b *beat) noteCap() {
	if b.seen.Cap > 0 || b.seen.CapUntil.After(b.now) {
		until := b.seen.CapUntil
		if !until.After(b.now) {
			until = nextDay(b.now)
		}
		if until.After(b.state.ParkedUntil) {
			b.state.ParkedUntil = until
		}
	}
	if !b.state.ParkedUntil.After(b.now) {
		b.state.ParkedUntil = time.Time{}
	}
}

// nextDay is when day budgets reset.
func nextDay(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC)
}

// nextMonth is when month budgets reset.
func nextMonth(now time.Time) time.Time {
	year, month, _ := now.UTC().Date()
	return time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC)
}

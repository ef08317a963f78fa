package simulator

import (
	"math"
	"time"
)

// meter is the state of one limit for the pool or for one account. It takes the time from its caller and is not safe
// for concurrent use: the pool's lock orders requests.
type meter struct {
	pace   pace
	demand demand
	peak   Peak
}

// pace grants amounts over time.
type pace interface {
	// wait is how long it takes until the amount is granted, 0 when it is granted now.
	wait(now time.Time, amount float64) time.Duration
	// take counts an amount that was granted.
	take(now time.Time, amount float64)
	// charge counts an amount that was refused.
	charge(now time.Time, amount float64)
	// left is how much is granted now.
	left(now time.Time) float64
}

// demand sums up what was asked for, granted or not, over the span that the limit is about.
type demand interface {
	add(now time.Time, amount float64) float64
}

func newMeter(limit Limit) *meter {
	if limit.Per > 0 {
		return &meter{pace: &window{limit: limit}, demand: &window{limit: limit}}
	}
	full := &bucket{rate: limit.RequestsPerSecond, burst: limit.Burst, tokens: limit.Burst}
	return &meter{pace: full, demand: &slide{}}
}

// observe counts what was asked for.
func (m *meter) observe(now time.Time, amount float64) {
	if sum := m.demand.add(now, amount); sum > m.peak.Value {
		m.peak = Peak{Value: sum, At: now}
	}
}

// forget starts a new counting period: what was granted stays, what was observed does not.
func (m *meter) forget(limit Limit) {
	fresh := newMeter(limit)
	m.demand, m.peak = fresh.demand, Peak{}
}

// aBit is how much of a request may be missing for it to be granted: what floating point loses.
const aBit = 1e-10

// bucket is a token bucket: full at the start.
type bucket struct {
	rate, burst float64 // per second; size
	tokens      float64
	filled      time.Time
}

func (b *bucket) fill(now time.Time) {
	if b.filled.IsZero() {
		b.filled = now
	}
	if passed := now.Sub(b.filled); passed > 0 {
		b.tokens = math.Min(b.burst, b.tokens+b.rate*passed.Seconds())
		b.filled = now
	}
}

func (b *bucket) wait(now time.Time, amount float64) time.Duration {
	b.fill(now)
	missing := amount - b.tokens
	if missing <= aBit {
		return 0
	}
	return time.Duration(math.Ceil(missing / b.rate * float64(time.Second)))
}

func (b *bucket) take(now time.Time, amount float64) {
	b.fill(now)
	b.tokens = math.Max(0, b.tokens-amount)
}

// charge takes the bucket into debt, by one burst at most: a storm prolongs the throttling, but not for ever.
func (b *bucket) charge(now time.Time, amount float64) {
	b.fill(now)
	b.tokens = math.Max(-b.burst, b.tokens-amount)
}

func (b *bucket) left(now time.Time) float64 {
	b.fill(now)
	return math.Max(0, b.tokens)
}

// window is a fixed window: calls per minute, per day.
type window struct {
	limit Limit
	start time.Time
	used  float64
}

func (w *window) roll(now time.Time) {
	start := w.start
	switch {
	case w.limit.Align == AlignClock:
		start = now.UTC().Truncate(w.limit.Per)
	case w.start.IsZero() || now.Sub(w.start) >= w.limit.Per:
		start = now
	}
	if !start.Equal(w.start) {
		w.start, w.used = start, 0
	}
}

func (w *window) wait(now time.Time, amount float64) time.Duration {
	w.roll(now)
	if w.used+amount <= w.limit.Allowance+aBit {
		return 0
	}
	return w.start.Add(w.limit.Per).Sub(now)
}

func (w *window) take(now time.Time, amount float64) {
	w.roll(now)
	w.used += amount
}

func (w *window) charge(now time.Time, amount float64) { w.take(now, amount) }

func (w *window) left(now time.Time) float64 {
	w.roll(now)
	return math.Max(0, w.limit.Allowance-w.used)
}

func (w *window) add(now time.Time, amount float64) float64 {
	w.take(now, amount)
	return w.used
}

// slide sums up what arrived within the last second, exactly: an arrival one second old has left.
type slide struct {
	arrivals []arrival
	sum      float64
}

type arrival struct {
	at     time.Time
	amount float64
}

func (s *slide) add(now time.Time, amount float64) float64 {
	gone := 0
	for gone < len(s.arrivals) && now.Sub(s.arrivals[gone].at) >= time.Second {
		s.sum -= s.arrivals[gone].amount
		gone++
	}
	s.arrivals = append(s.arrivals[gone:], arrival{now, amount})
	s.sum += amount
	return s.sum
}

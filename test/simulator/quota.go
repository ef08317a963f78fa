package simulator

import (
	"fmt"
	"time"
)

// quota is all the limits of a provider with their meters. The pool's lock protects it.
type quota struct {
	limits  []meteredLimit
	weights map[Class]float64
}

type meteredLimit struct {
	Limit
	meters map[string]*meter // by account; under "" the pool's
}

// verdict is what the quota layer decided about a request.
type verdict struct {
	outcome Outcome       // Served when granted
	wait    time.Duration // until the request would be granted
	limit   Limit         // the limit that refused it
	nearly  *nearly       // the limit that is closest to be used up, for answers that announce it; may be nil
}

// nearly is a limit of which at most a fifth is left.
type nearly struct {
	allowed, left float64
	reset         time.Duration
}

func newQuota(limits []Limit, weights map[Class]float64) *quota {
	q := &quota{weights: weights}
	for _, limit := range limits {
		q.limits = append(q.limits, meteredLimit{Limit: limit, meters: map[string]*meter{}})
	}
	return q
}

// decide grants a request or refuses it, and counts it against the limits that it concerns.
func (q *quota) decide(now time.Time, r request) verdict {
	v := verdict{outcome: Served}
	for i := range q.limits {
		limit, m, amount := q.concerned(i, r)
		if m == nil {
			continue
		}
		m.observe(now, amount)
		if wait := m.pace.wait(now, amount); wait > v.wait {
			v = verdict{outcome: limit.refusal(), wait: wait, limit: limit.Limit}
		}
	}
	q.count(now, r, v.outcome == Served)
	v.nearly = q.nearly(now, r)
	return v
}

// nearly finds the limit to announce: Microsoft sends RateLimit headers from 80 % on.
func (q *quota) nearly(now time.Time, r request) *nearly {
	var closest *nearly
	for i := range q.limits {
		limit, m, _ := q.concerned(i, r)
		if m == nil || limit.Answer != AnswerOneDrive {
			continue
		}
		size := limit.Burst + limit.Allowance // one of them is 0
		left := m.pace.left(now)
		if left <= size/5 && (closest == nil || left/size < closest.left/closest.allowed) {
			closest = &nearly{allowed: size, left: left, reset: m.pace.wait(now, size)}
		}
	}
	return closest
}

// count counts a decided request.
func (q *quota) count(now time.Time, r request, granted bool) {
	for i := range q.limits {
		limit, m, amount := q.concerned(i, r)
		switch {
		case m == nil:
		case granted:
			m.pace.take(now, amount)
		case limit.CountRefused:
			m.pace.charge(now, amount)
		}
	}
}

// concerned returns a limit, the meter that counts the request and how much it counts, no meter where it does not.
func (q *quota) concerned(i int, r request) (*meteredLimit, *meter, float64) {
	limit := &q.limits[i]
	account := ""
	if limit.Scope == ScopeAccount {
		account = r.account
	}
	if !limit.Counts.concerns(r.class) || limit.Scope == ScopeAccount && account == "" {
		return limit, nil, 0
	}
	m := limit.meters[account]
	if m == nil {
		m = newMeter(limit.Limit)
		limit.meters[account] = m
	}
	return limit, m, q.amount(limit.Measure, r)
}

func (q *quota) amount(measure Measure, r request) float64 {
	switch measure {
	case MeasureUnits:
		if weight, ok := q.weights[r.class]; ok {
			return weight
		}
		return 1
	case MeasureBytes:
		return float64(max(0, r.length))
	default:
		return 1
	}
}

// forget starts a new counting period.
func (q *quota) forget() {
	for _, limit := range q.limits {
		for _, m := range limit.meters {
			m.forget(limit.Limit)
		}
	}
}

// peaks returns the highest demand that each limit saw, by its busiest account.
func (q *quota) peaks() []LimitPeak {
	peaks := make([]LimitPeak, 0, len(q.limits))
	for _, limit := range q.limits {
		top := LimitPeak{Limit: limit.String(), Scope: limit.Scope, Allowed: limit.allowed()}
		for account, m := range limit.meters {
			if m.peak.Value > top.Value || m.peak.Value == top.Value && account < top.Account {
				top.Account, top.Peak = account, m.peak
			}
		}
		top.Exceeded = top.Value > top.Allowed+aBit
		peaks = append(peaks, top)
	}
	return peaks
}

func (c Counted) concerns(class Class) bool {
	writes := class == ClassWrite || class == ClassUpload
	switch c {
	case CountReads:
		return !writes
	case CountWrites:
		return writes
	case CountUploads:
		return class == ClassUpload
	default:
		return true
	}
}

func (l Limit) refusal() Outcome {
	if l.Cap {
		return Capped
	}
	return Throttled
}

// allowed is the most that one second (of a token bucket) or one window may hold.
func (l Limit) allowed() float64 {
	if l.Per > 0 {
		return l.Allowance
	}
	return l.RequestsPerSecond + l.Burst
}

// String reads like "account uploads: 240 requests per 1m0s" or "pool all: 10 requests/s + 20".
func (l Limit) String() string {
	if l.Per > 0 {
		return fmt.Sprintf("%s %s: %g %s per %s", l.Scope, l.Counts, l.Allowance, l.Measure, l.Per)
	}
	return fmt.Sprintf("%s %s: %g %s/s + %g", l.Scope, l.Counts, l.RequestsPerSecond, l.Measure, l.Burst)
}

package tempo

import (
	"time"
)

// Assumptions are what a forecast has to guess.
type Assumptions struct {
	State             State   // what is known of the pool; the zero State: nothing
	SecondsPerRequest float64 // 0: as measured, or DefaultSecondsPerRequest
	StartSeconds      float64 // from a beat's decision to a worker's first request
	EntityRequests    float64 // of an ordinary entity: a worker takes over its share that often; below 1: 70
}

// Bound says what a pool's time depends on most.
type Bound string

// The bounds.
const (
	ByRate    Bound = "rate"    // the pool's requests per second
	ByAccount Bound = "account" // an account whose batches can only be done one after another
	ByWorkers Bound = "workers" // too few workers, or too few accounts to keep more of them busy
	ByBudget  Bound = "budget"  // a day or month budget, whose reset has to be waited for
)

// Prediction is how a run on a pool is expected to go.
type Prediction struct {
	Batches     int       `json:"batches"`
	Requests    int64     `json:"requests"`
	End         time.Time `json:"end"`     // of all that can ever be done; now where there is nothing to do
	Seconds     float64   `json:"seconds"` // until the end, waiting for resets included
	Rate        float64   `json:"rate"`    // requests per second of the pool at the end
	WorkersPeak int       `json:"workersPeak"`
	Bound       Bound     `json:"bound,omitempty"`  // empty where there is nothing to do
	Parked      []Parked  `json:"parked,omitempty"` // what does not even fit into a fresh budget
}

// Forecast predicts how one run alone on a pool goes, by making its beats on virtual time. Of very many batches it plays
// some only, and reckons the others with the rate that it came to. No account's batches are expected to be done faster than
// one worker can.
func Forecast(limits Limits, waiting []Candidate, assume Assumptions, now time.Time) Prediction {
	p := Prediction{Batches: len(waiting), Requests: sum(waiting), End: now}
	if len(waiting) == 0 {
		return p
	}
	f := newForecast(limits, waiting, assume, now)
	f.play()
	f.reckon(float64(sum(f.untold)))
	chained := now.Add(seconds(f.longestChain(waiting) / f.workerRate()))
	p.End = latest(f.now, chained)
	p.Seconds = p.End.Sub(now).Seconds()
	p.Rate, p.WorkersPeak, p.Parked = f.state.Rate, f.peak, f.parked
	p.Bound = f.bound(p, chained.Sub(now).Seconds())
	return p
}

// bound finds what the time depends on most.
func (f *forecast) bound(p Prediction, chainSeconds float64) Bound {
	const nearly = 0.9
	switch {
	case p.Seconds == 0:
		return ""
	case f.resets > 0:
		return ByBudget
	case chainSeconds >= nearly*p.Seconds:
		return ByAccount
	case float64(f.peak)*f.workerRate() < nearly*p.Rate:
		return ByWorkers
	default:
		return ByRate
	}
}

// reckon lets the time pass that so many requests need at the present rate, as the budgets allow.
func (f *forecast) reckon(requests float64) {
	workers := float64(f.limits.Workers(f.state.Rate, f.assume.SecondsPerRequest))
	rate := max(min(f.state.Rate, workers*f.workerRate()), tiny)
	if f.limits.DayBudget <= 0 && f.limits.MonthBudget <= 0 {
		f.now = f.now.Add(seconds(requests / rate))
		return
	}
	for requests >= 1 {
		f.state.Usage.turn(f.now)
		reset := nextDay(f.now)
		today := max(0, min(requests, f.allowed(), rate*reset.Sub(f.now).Seconds()))
		f.state.Usage.add(int64(today))
		requests -= today
		f.now = f.now.Add(seconds(today / rate))
		if requests >= 1 {
			f.now = latest(reset, f.now)
			f.resets++
		}
	}
}

// allowed is what the budgets have left.
func (f *forecast) allowed() float64 {
	const unlimited = 1e18
	left := unlimited
	if f.limits.DayBudget > 0 {
		left = min(left, float64(f.limits.DayBudget-f.state.Usage.DayRequests))
	}
	if f.limits.MonthBudget > 0 {
		left = min(left, float64(f.limits.MonthBudget-f.state.Usage.MonthRequests))
	}
	return left
}

// longestChain is the largest account's requests, as far as its batches are its own and not parked for good.
func (f *forecast) longestChain(waiting []Candidate) float64 {
	chains := map[string]int64{}
	parked := batchesOf(f.parked)
	var longest int64
	for i := range waiting {
		c := &waiting[i]
		if parked[c.Batch] {
			continue
		}
		chain := c.Requests
		if len(c.Accounts) == 1 {
			chains[c.Accounts[0]] += c.Requests
			chain = chains[c.Accounts[0]]
		}
		longest = max(longest, chain)
	}
	return float64(longest)
}

// workerRate is the most that one worker can send per second.
func (f *forecast) workerRate() float64 {
	return f.limits.workerRate(f.state.Rate, f.assume.SecondsPerRequest)
}

func sum(candidates []Candidate) (requests int64) {
	for i := range candidates {
		requests += candidates[i].Requests
	}
	return requests
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

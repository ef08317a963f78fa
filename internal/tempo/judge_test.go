package tempo_test

import (
	"errors"
	"fmt"

	"metronome/internal/tempo"
)

// judge checks the rules that must always hold, by what was sent and not by what was decided.
type judge struct {
	limits    tempo.Limits
	window    []float64 // when the requests of the last second were sent
	busiest   int       // most requests in any second
	requests  int
	throttled int
	accounts  map[string]string      // by account, the live worker
	inUse     map[string]tempo.Share // by live worker, what it really may send
	live      int
	peak      int
	errs      []error
}

// sent checks rule 1: in no second more than requestsPerSecond + burst.
func (j *judge) sent(o *worker, now float64) {
	const second = 1 - 1e-6
	j.requests++
	j.window = append(j.window, now)
	for j.window[0] <= now-second {
		j.window = j.window[1:]
	}
	j.busiest = max(j.busiest, len(j.window))
	most := j.limits.RequestsPerSecond + float64(max(1, j.limits.Burst))
	if j.limits.RequestsPerSecond > 0 && float64(len(j.window)) > most+1e-6 {
		j.fail("%d requests in the second before %.3f, allowed are %v (worker %s)", len(j.window), now, most, o.name)
	}
}

// began checks rule 2: never two workers on an account.
func (j *judge) began(o *worker, now float64) {
	if j.accounts == nil {
		j.accounts = map[string]string{}
	}
	for _, account := range o.task.accounts {
		if other, taken := j.accounts[account]; taken {
			j.fail("account %s has workers %s and %s at %.3f", account, other, o.name, now)
		}
		j.accounts[account] = o.name
	}
	j.live++
	j.peak = max(j.peak, j.live)
	if j.limits.MaxWorkers > 0 && j.live > j.limits.MaxWorkers {
		j.fail("%d workers at %.3f, allowed are %d", j.live, now, j.limits.MaxWorkers)
	}
}

// took checks that what the workers really may send never exceeds the limits, not even while shares change hands.
func (j *judge) took(o *worker, share tempo.Share, now float64) {
	if j.inUse == nil {
		j.inUse = map[string]tempo.Share{}
	}
	j.inUse[o.name] = share
	rate, burst := 0.0, 0
	for _, one := range j.inUse {
		rate += one.RequestsPerSecond
		burst += one.Burst
	}
	if ceiling := j.limits.RequestsPerSecond; ceiling > 0 && (rate > ceiling+1e-6 || burst > max(1, j.limits.Burst)) {
		j.fail("workers may send %v/s with burst %d at %.3f: %v", rate, burst, now, j.inUse)
	}
}

func (j *judge) ended(o *worker, _ float64) {
	delete(j.inUse, o.name)
	j.live--
	for _, account := range o.task.accounts {
		delete(j.accounts, account)
	}
}

// sawState checks that grants never exceed the limits, that no account has two, and that the rate stays within bounds.
func (j *judge) sawState(s tempo.State, now float64) {
	rate, burst := 0.0, 0
	accounts := map[string]bool{}
	for _, g := range s.Grants {
		rate += g.Reserved.RequestsPerSecond
		burst += g.Reserved.Burst
		if g.Share.RequestsPerSecond <= 0 || g.Share.Burst < 1 {
			j.fail("worker %s got the share %+v at %.3f", g.Worker, g.Share, now)
		}
		for _, account := range g.Accounts {
			if accounts[account] {
				j.fail("account %s has two grants at %.3f", account, now)
			}
			accounts[account] = true
		}
	}
	if ceiling := j.limits.RequestsPerSecond; ceiling > 0 {
		if rate > ceiling+1e-6 || burst > max(1, j.limits.Burst) || s.Rate > ceiling+1e-6 || s.Rate <= 0 {
			j.fail("grants of %v/s and burst %d at a rate of %v/s at %.3f", rate, burst, s.Rate, now)
		}
	}
}

func (j *judge) fail(format string, args ...any) {
	if len(j.errs) < 5 {
		j.errs = append(j.errs, fmt.Errorf(format, args...))
	}
}

func (j *judge) err() error { return errors.Join(j.errs...) }

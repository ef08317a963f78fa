package tempo_test

import (
	"errors"
	"fmt"

	"metronome/internal/tempo"
)

// checker checks the rules that must always hold, by what was sent and not by what was decided.
type checker struct {
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
func (c *checker) sent(w *worker, now float64) {
	const second = 1 - 1e-6
	c.requests++
	c.window = append(c.window, now)
	for c.window[0] <= now-second {
		c.window = c.window[1:]
	}
	c.busiest = max(c.busiest, len(c.window))
	most := c.limits.RequestsPerSecond + float64(max(1, c.limits.Burst))
	if c.limits.RequestsPerSecond > 0 && float64(len(c.window)) > most+1e-6 {
		c.fail("%d requests in the second before %.3f, allowed are %v (worker %s)", len(c.window), now, most, w.name)
	}
}

// began checks rule 2: never two workers on an account.
func (c *checker) began(w *worker, now float64) {
	if c.accounts == nil {
		c.accounts = map[string]string{}
	}
	for _, account := range w.batch.accounts {
		if other, taken := c.accounts[account]; taken {
			c.fail("account %s has workers %s and %s at %.3f", account, other, w.name, now)
		}
		c.accounts[account] = w.name
	}
	c.live++
	c.peak = max(c.peak, c.live)
	if c.limits.MaxWorkers > 0 && c.live > c.limits.MaxWorkers {
		c.fail("%d workers at %.3f, allowed are %d", c.live, now, c.limits.MaxWorkers)
	}
}

// took checks that what the workers really may send never exceeds the limits, not even while shares change hands.
func (c *checker) took(w *worker, share tempo.Share, now float64) {
	if c.inUse == nil {
		c.inUse = map[string]tempo.Share{}
	}
	c.inUse[w.name] = share
	rate, burst := 0.0, 0
	for _, one := range c.inUse {
		rate += one.RequestsPerSecond
		burst += one.Burst
	}
	if ceiling := c.limits.RequestsPerSecond; ceiling > 0 && (rate > ceiling+1e-6 || burst > max(1, c.limits.Burst)) {
		c.fail("workers may send %v/s with burst %d at %.3f: %v", rate, burst, now, c.inUse)
	}
}

func (c *checker) ended(w *worker, _ float64) {
	delete(c.inUse, w.name)
	c.live--
	for _, account := range w.batch.accounts {
		delete(c.accounts, account)
	}
}

// checkState checks that grants never exceed the limits, that no account has two, and that the rate stays within bounds.
func (c *checker) checkState(s tempo.State, now float64) {
	rate, burst := 0.0, 0
	accounts := map[string]bool{}
	for _, g := range s.Grants {
		rate += g.Reserved.RequestsPerSecond
		burst += g.Reserved.Burst
		if g.Share.RequestsPerSecond <= 0 || g.Share.Burst < 1 {
			c.fail("worker %s got the share %+v at %.3f", g.Worker, g.Share, now)
		}
		for _, account := range g.Accounts {
			if accounts[account] {
				c.fail("account %s has two grants at %.3f", account, now)
			}
			accounts[account] = true
		}
	}
	if ceiling := c.limits.RequestsPerSecond; ceiling > 0 {
		if rate > ceiling+1e-6 || burst > max(1, c.limits.Burst) || s.Rate > ceiling+1e-6 || s.Rate <= 0 {
			c.fail("grants of %v/s and burst %d at a rate of %v/s at %.3f", rate, burst, s.Rate, now)
		}
	}
}

func (c *checker) fail(format string, args ...any) {
	if len(c.errs) < 5 {
		c.errs = append(c.errs, fmt.Errorf(format, args...))
	}
}

func (c *checker) err() error { return errors.Join(c.errs...) }

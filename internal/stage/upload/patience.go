package upload

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"metronome/internal/failure"
)

// Patience says how often and how long a request that the provider refused for now is tried again. This is the only layer
// that retries; what outlasts it is handed back and taken up by a later beat.
type Patience struct {
	Tries      map[failure.Class]int
	First, Max time.Duration // the waits double from First to Max
}

// DefaultPatience waits for throttling about as long as providers ask for at most (Microsoft and Box: a few minutes), for
// an overload about half a minute.
func DefaultPatience() Patience {
	return Patience{
		Tries: map[failure.Class]int{failure.Throttled: 8, failure.Contention: 10, failure.Overload: 5},
		First: 500 * time.Millisecond, Max: 30 * time.Second,
	}
}

// try calls an operation until it succeeds, fails for good, or patience ends.
func (p Patience) try(ctx context.Context, operation func(context.Context) error) error {
	for try := 1; ; try++ {
		err := operation(ctx)
		if err == nil || try >= p.Tries[failure.ClassOf(err)] {
			return err
		}
		if waitErr := wait(ctx, p.delay(try, err)); waitErr != nil {
			return err
		}
	}
}

// delay is the doubled wait with up to half of it taken off at random, so that workers refused together do not return
// together; or until the moment that the provider named.
func (p Patience) delay(try int, err error) time.Duration {
	doubled := min(p.Max, p.First<<min(try-1, 16)) // a larger shift would overflow
	delay := doubled - time.Duration(rand.Int64N(int64(doubled)/2+1))
	var classified *failure.Error
	if errors.As(err, &classified) && !classified.Until.IsZero() {
		return max(delay, time.Until(classified.Until))
	}
	return delay
}

func wait(ctx context.Context, delay time.Duration) error {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

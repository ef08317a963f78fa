package upload

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"metronome/internal/failure"
)

// RetryPolicy says how often and how long a request that the provider refused for now is tried again. Requests to a provider
// are retried here and nowhere else; what outlasts it is handed back and taken up by a later beat.
type RetryPolicy struct {
	Attempts           map[failure.Class]int // at most, by the class of the last error; classes that are missing are not retried
	FirstWait, MaxWait time.Duration         // the waits double from the first to the longest
}

// DefaultRetryPolicy waits for throttling about as long as providers ask for at most (Microsoft and Box: a few minutes), for
// an overload about half a minute.
func DefaultRetryPolicy() RetryPolicy {
	return RetryPolicy{
		Attempts:  map[failure.Class]int{failure.Throttled: 8, failure.Contention: 10, failure.Overload: 5},
		FirstWait: 500 * time.Millisecond, MaxWait: 30 * time.Second,
	}
}

// do calls an operation until it succeeds, fails for good, or has been attempted often enough. Once stop is done it is not
// attempted any more, and the error is the cause.
func (p RetryPolicy) do(ctx, stop context.Context, operation func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if stop.Err() != nil {
			return context.Cause(stop)
		}
		err := operation(ctx)
		if err == nil || attempt >= p.Attempts[failure.ClassOf(err)] {
			return err
		}
		sleep(ctx, stop, p.wait(attempt, err))
	}
}

// wait is the doubled wait with up to half of it taken off at random, so that workers refused together do not return
// together; or until the moment that the provider named.
func (p RetryPolicy) wait(attempt int, err error) time.Duration {
	doubled := min(p.MaxWait, p.FirstWait<<min(attempt-1, 16)) // a larger shift would overflow
	wait := doubled - time.Duration(rand.Int64N(int64(doubled)/2+1))
	var classified *failure.Error
	if errors.As(err, &classified) && !classified.Until.IsZero() {
		return max(wait, time.Until(classified.Until))
	}
	return wait
}

func sleep(ctx, stop context.Context, duration time.Duration) {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-stop.Done():
	case <-timer.C:
	}
}

package upload

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
)

func quick() RetryPolicy {
	return RetryPolicy{
		Attempts:  map[failure.Class]int{failure.Throttled: 4, failure.Overload: 3},
		FirstWait: time.Microsecond, MaxWait: 10 * time.Microsecond,
	}
}

func TestRetryPolicyAttemptsByClass(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err      error
		attempts int
	}{
		"success":   {nil, 1},
		"throttled": {failure.New(failure.Throttled, "", "", "", "slower"), 4},
		"overload":  {failure.New(failure.Overload, "", "", "", "down"), 3},
		"cap":       {failure.New(failure.Cap, "", "", "", "tomorrow"), 1},
		"permanent": {failure.New(failure.Permanent, "", "", "", "no"), 1},
		"unknown":   {errors.New("odd"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			attempts := 0
			err := quick().do(t.Context(), t.Context(), func(context.Context) error {
				attempts++
				return test.err
			})
			require.Equal(t, test.err, err)
			require.Equal(t, test.attempts, attempts)
		})
	}
}

// refusedUntil is a refusal that names the moment until which it holds.
func refusedUntil(moment time.Time) error {
	refused := failure.New(failure.Throttled, "", "", "", "slower")
	refused.Until = moment
	return refused
}

func TestRetryPolicyWaitsUntilTheProvidersMoment(t *testing.T) {
	t.Parallel()
	require.Greater(t, quick().wait(1, refusedUntil(time.Now().Add(time.Hour))), 59*time.Minute)
	require.LessOrEqual(t, DefaultRetryPolicy().wait(50, errors.New("x")), 30*time.Second, "waits do not grow beyond the longest")
}

func TestRetryPolicyEndsWithItsContexts(t *testing.T) {
	t.Parallel()
	reason := failure.New(failure.Overload, "", "", "", "interrupted") // a class that is retried
	ended, end := context.WithCancelCause(t.Context())
	end(reason)
	never := func(context.Context) error { return errors.New("attempted") }
	require.Equal(t, error(reason), quick().do(ended, t.Context(), never))
	require.Equal(t, error(reason), quick().do(t.Context(), ended, never))
}

func TestRetryPolicyStopsWaiting(t *testing.T) {
	t.Parallel()
	reason := errors.New("interrupted")
	stop, cancel := context.WithCancelCause(t.Context())
	attempts := 0
	err := quick().do(t.Context(), stop, func(context.Context) error {
		attempts++
		cancel(reason)
		return refusedUntil(time.Now().Add(time.Hour))
	})
	require.Equal(t, reason, err)
	require.Equal(t, 1, attempts)
}

func TestConcurrencyIsOneAfterContention(t *testing.T) {
	t.Parallel()
	c := newConcurrency(4)
	require.Error(t, c.run(t.Context(), func(context.Context) error {
		return failure.New(failure.Contention, "", "", "", "two writers")
	}))
	inside := make(chan struct{}, 4)
	err := c.forEach(t.Context(), 20, func(ctx context.Context, _ int) error {
		return c.run(ctx, func(context.Context) error {
			inside <- struct{}{}
			defer func() { <-inside }()
			if len(inside) > 1 {
				return errors.New("two at once")
			}
			return nil
		})
	})
	require.NoError(t, err)
}

func TestConcurrencyEndsWithItsContext(t *testing.T) {
	t.Parallel()
	reason := errors.New("another file failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	c := newConcurrency(1)
	err := c.run(t.Context(), func(context.Context) error {
		cancel(reason)
		return c.run(ctx, func(context.Context) error { return nil })
	})
	require.Equal(t, reason, err, "the slot is taken")
}

func TestParentsComeBeforeChildren(t *testing.T) {
	t.Parallel()
	folders := withParents([]string{"2026/12/Cash", "2026/12/Tax"}, []PlannedFile{{Path: "2026/12/Debt/Loan.csv"}})
	require.Equal(t, []string{"2026", "2026/12", "2026/12/Cash", "2026/12/Tax", "2026/12/Debt"}, folders)
	require.Equal(t, [][]string{{"2026"}, {"2026/12"}, {"2026/12/Cash", "2026/12/Tax", "2026/12/Debt"}}, byDepth(folders))
}

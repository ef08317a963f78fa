package upload

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
)

func quick() Patience {
	return Patience{
		Tries: map[failure.Class]int{failure.Throttled: 4, failure.Overload: 3},
		First: time.Microsecond, Max: 10 * time.Microsecond,
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		calls int
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
			calls := 0
			err := quick().try(t.Context(), func(context.Context) error {
				calls++
				return test.err
			})
			require.Equal(t, test.err, err)
			require.Equal(t, test.calls, calls)
		})
	}
}

func TestPatienceWaitsUntilTheProvidersMoment(t *testing.T) {
	t.Parallel()
	refused := failure.New(failure.Throttled, "", "", "", "slower")
	refused.Until = time.Now().Add(time.Hour)
	require.Greater(t, quick().delay(1, refused), 59*time.Minute)
	require.LessOrEqual(t, DefaultPatience().delay(50, errors.New("x")), 30*time.Second, "waits do not grow beyond the longest")
}

func TestPatienceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refused := failure.New(failure.Throttled, "", "", "", "slower")
	refused.Until = time.Now().Add(time.Hour)
	require.Equal(t, error(refused), quick().try(ctx, func(context.Context) error { return refused }))
}

func TestLaneNarrowsAfterContention(t *testing.T) {
	t.Parallel()
	l := newLane(4)
	require.Error(t, l.run(t.Context(), func(context.Context) error {
		return failure.New(failure.Contention, "", "", "", "two writers")
	}))
	inside := make(chan struct{}, 4)
	err := l.each(t.Context(), 20, func(ctx context.Context, _ int) error {
		return l.run(ctx, func(context.Context) error {
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

func TestParentsComeBeforeChildren(t *testing.T) {
	t.Parallel()
	folders := withParents([]string{"2026/12/Cash", "2026/12/Tax"}, []Planned{{Path: "2026/12/Debt/Loan.csv"}})
	require.Equal(t, []string{"2026", "2026/12", "2026/12/Cash", "2026/12/Tax", "2026/12/Debt"}, folders)
	require.Equal(t, [][]string{{"2026"}, {"2026/12"}, {"2026/12/Cash", "2026/12/Tax", "2026/12/Debt"}}, byDepth(folders))
}

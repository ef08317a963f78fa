package provider

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"
)

// grants lets many requests through and returns when each was granted, since the start.
func grants(ctx context.Context, l *limiter, n int, account string) []time.Duration {
	start := time.Now()
	var times []time.Duration
	for range n {
		if l.admit(ctx, account) != nil {
			break
		}
		times = append(times, time.Since(start))
	}
	return times
}

func TestLimiterStartsEmpty(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(nil)
		l.pace(Share{RequestsPerSecond: 10, Burst: 5})
		require.Equal(t, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond},
			grants(t.Context(), l, 3, ""))
	})
}

func TestLimiterGrantsABurstAfterAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(nil)
		l.pace(Share{RequestsPerSecond: 10, Burst: 3})
		<-time.After(time.Minute)
		require.Equal(t, []time.Duration{0, 0, 0, 100 * time.Millisecond}, grants(t.Context(), l, 4, ""))
	})
}

func TestLimiterNeverRefillsWhenTheShareChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(nil)
		l.pace(Share{RequestsPerSecond: 1, Burst: 1})
		grants(t.Context(), l, 1, "")
		for range 100 {
			l.pace(Share{RequestsPerSecond: 2, Burst: 100})
		}
		require.Equal(t, []time.Duration{500 * time.Millisecond}, grants(t.Context(), l, 1, ""))
		t.Log("a smaller burst takes tokens away")
		<-time.After(time.Minute)
		l.pace(Share{RequestsPerSecond: 2, Burst: 2})
		require.Equal(t, []time.Duration{0, 0, 500 * time.Millisecond}, grants(t.Context(), l, 3, ""))
	})
}

func TestLimiterWaitsForItsFirstShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		require.ErrorIs(t, l.admit(ctx, ""), context.DeadlineExceeded)
	})
}

func TestLimiterTakesOverAFasterShareWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(nil)
		l.pace(Share{RequestsPerSecond: 0.01})
		go func() {
			<-time.After(time.Second)
			l.pace(Share{RequestsPerSecond: 10})
		}()
		times := grants(t.Context(), l, 1, "")
		require.Less(t, times[0], 1200*time.Millisecond)
	})
}

func TestLimiterPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(nil)
		l.pace(Share{RequestsPerSecond: 10})
		l.pause(time.Now().Add(5 * time.Second))
		l.pause(time.Now().Add(time.Second))
		require.Equal(t, []time.Duration{5 * time.Second, 5100 * time.Millisecond}, grants(t.Context(), l, 2, ""))
	})
}

func TestLimiterKeepsTheAccountsLimitToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(&Share{RequestsPerSecond: 1})
		l.pace(Share{RequestsPerSecond: 100, Burst: 100})
		require.Equal(t, []time.Duration{time.Second, 2 * time.Second}, grants(t.Context(), l, 2, "a"))
		t.Log("another account has a bucket of its own, empty at first")
		require.Equal(t, []time.Duration{time.Second}, grants(t.Context(), l, 1, "b"))
	})
}

// Whatever the shares, and however they change, no second holds more than the largest rate and burst in force in it.
func TestLimiterKeepsRateAndBurstInEverySecond(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rates := rapid.SliceOfN(rapid.Float64Range(0.5, 40), 1, 4).Draw(r, "rates")
		burst := rapid.IntRange(0, 5).Draw(r, "burst")
		workers := rapid.IntRange(1, 5).Draw(r, "workers")
		idle := rapid.IntRange(0, 3000).Draw(r, "idle")
		times := simulate(t, rates, burst, workers, time.Duration(idle)*time.Millisecond)
		most := 0.0
		for _, rate := range rates {
			most = max(most, rate)
		}
		for i := range times {
			n := 0
			for _, at := range times[i:] {
				if at.Sub(times[i]) < time.Second {
					n++
				}
			}
			if float64(n) > most+float64(max(1, burst))+1e-6 {
				r.Fatalf("%d requests in a second, allowed are %.2f + %d", n, most, burst)
			}
		}
	})
}

// simulate lets workers ask for a few seconds while the share changes.
func simulate(t *testing.T, rates []float64, burst, workers int, idle time.Duration) []time.Time {
	var times []time.Time
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(nil)
		l.pace(Share{RequestsPerSecond: rates[0], Burst: burst})
		<-time.After(idle)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		granted := make(chan time.Time, 10_000)
		var group errgroup.Group
		for range workers {
			group.Go(func() error {
				for l.admit(ctx, "") == nil {
					granted <- time.Now()
				}
				return nil
			})
		}
		for _, rate := range rates[1:] {
			<-time.After(700 * time.Millisecond)
			l.pace(Share{RequestsPerSecond: rate, Burst: burst})
		}
		_ = group.Wait()
		close(granted)
		for at := range granted {
			times = append(times, at)
		}
	})
	return times
}

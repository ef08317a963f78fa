package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/tempo"
)

// twentyPerSecond is the pool of the scenarios: 20 requests per second.
var twentyPerSecond = tempo.Limits{
	RequestsPerSecond: 20, Burst: 20, MaxWorkers: 20, InFlight: 8, MinBeat: time.Second, MaxBeat: 30 * time.Second,
}

// limitSeconds is the time that the provider's quota alone needs for what was sent.
func limitSeconds(w *world, rate float64) float64 { return float64(w.checker.requests) / rate }

func throttledPart(w *world) float64 {
	return float64(w.checker.throttled) / float64(w.checker.requests)
}

// A provider that allows less than what was configured costs few refusals.
func TestProviderAllowsLessThanConfigured(t *testing.T) {
	t.Parallel()
	w := newWorld(twentyPerSecond, 1)
	w.throttle(12)
	r := w.addRun("run", 0, packedBatches(twentyPerSecond))
	require.NoError(t, w.simulate())
	t.Logf("used %.1f %%, throttled %.2f %%, %d beats", 100*limitSeconds(w, 12)/r.endedAt, 100*throttledPart(w), r.beats)
	require.Greater(t, limitSeconds(w, 12)/r.endedAt, 0.7)
	require.Less(t, throttledPart(w), 0.05)
}

func TestSlowStartFindsTheRate(t *testing.T) {
	t.Parallel()
	unknown := tempo.Limits{MaxWorkers: 20, InFlight: 8, MinBeat: time.Second, MaxBeat: 30 * time.Second}
	w := newWorld(unknown, 1)
	w.throttle(20)
	first := w.addRun("december", 0, packedBatches(twentyPerSecond))
	require.NoError(t, w.simulate())
	t.Logf("used %.1f %%, throttled %.2f %%, %d beats, rate %v", 100*limitSeconds(w, 20)/first.endedAt, 100*throttledPart(w),
		first.beats, w.state.Rate)
	require.Greater(t, limitSeconds(w, 20)/first.endedAt, 0.75)
	require.Less(t, throttledPart(w), 0.03)

	next := newWorld(unknown, 2)
	next.throttle(20)
	next.state = w.state
	second := next.addRun("january", 0, packedBatches(twentyPerSecond))
	require.NoError(t, next.simulate())
	t.Logf("used %.1f %%, throttled %.2f %%", 100*limitSeconds(next, 20)/second.endedAt, 100*throttledPart(next))
	require.Greater(t, limitSeconds(next, 20)/second.endedAt, 0.85, "what was found is kept for next month")
	require.Less(t, throttledPart(next), 0.01)
}

func TestTwoRunsUseTheQuotaTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(twentyPerSecond, 3)
	first, second := w.addRun("a", 0, packedBatches(twentyPerSecond)), w.addRun("b", 60, packedBatches(twentyPerSecond))
	for _, one := range second.waiting {
		one.accounts = []string{"b-" + one.accounts[0]}
	}
	require.NoError(t, w.simulate())
	end := max(first.endedAt, second.endedAt)
	t.Logf("used %.1f %%, ended at %.0f and %.0f", 100*limitSeconds(w, 20)/end, first.endedAt, second.endedAt)
	require.Greater(t, limitSeconds(w, 20)/end, 0.9)
	require.InDelta(t, first.endedAt, second.endedAt, 0.15*end, "the newcomer gets its half soon")
}

func TestDyingWorkersCostLittle(t *testing.T) {
	t.Parallel()
	w := newWorld(twentyPerSecond, 4)
	w.conditions.death = 0.001
	r := w.addRun("run", 0, packedBatches(twentyPerSecond))
	require.NoError(t, w.simulate())
	t.Logf("used %.1f %%, %d beats", 100*limitSeconds(w, 20)/r.endedAt, r.beats)
	require.Greater(t, limitSeconds(w, 20)/r.endedAt, 0.8)
}

func TestRenderingBetweenEntitiesDoesNotWasteTheRate(t *testing.T) {
	t.Parallel()
	w := newWorld(twentyPerSecond, 5)
	w.conditions.betweenDelay = 10
	r := w.addRun("run", 0, packedBatches(twentyPerSecond))
	require.NoError(t, w.simulate())
	t.Logf("used %.1f %%, %d workers at most", 100*limitSeconds(w, 20)/r.endedAt, r.peak)
	require.Greater(t, limitSeconds(w, 20)/r.endedAt, 0.8)
}

func TestForecastMatchesTheSimulation(t *testing.T) {
	t.Parallel()
	for _, latency := range []float64{0.05, 0.3, 1} {
		w := newWorld(twentyPerSecond, 6)
		w.conditions.latency = latency
		r := w.addRun("run", 0, packedBatches(twentyPerSecond))
		seen := r.observe()
		predicted := tempo.Forecast(twentyPerSecond, seen.Waiting, tempo.Assumptions{SecondsPerRequest: latency, StartSeconds: 0.2}, noon)
		require.NoError(t, w.simulate())
		t.Logf("predicted %.0f s, took %.0f s", predicted.Seconds, r.endedAt)
		require.InDelta(t, r.endedAt, predicted.Seconds, 0.1*r.endedAt)
	}
}

package tempo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/tempo"
)

// drawBatches makes a run's batches; accounts are few, so that runs and batches meet on them.
func drawBatches(t *rapid.T, run string) []*simulatedBatch {
	var list []*simulatedBatch
	accounts := rapid.IntRange(1, 12).Draw(t, run+" accounts")
	for i := range rapid.IntRange(0, 15).Draw(t, run+" batches") {
		one := &simulatedBatch{id: batch.NewID(i)}
		first := rapid.IntRange(0, accounts-1).Draw(t, "first account")
		for n := range rapid.IntRange(1, min(3, accounts)).Draw(t, "accounts of batch") {
			one.accounts = append(one.accounts, fmt.Sprintf("account-%d", (first+n)%accounts))
		}
		for range rapid.IntRange(1, 4).Draw(t, "entities") {
			one.entities = append(one.entities, rapid.IntRange(1, 30).Draw(t, "requests"))
		}
		list = append(list, one)
	}
	return list
}

func drawLimits(t *rapid.T) tempo.Limits {
	limits := tempo.Limits{
		RequestsPerSecond: rapid.SampledFrom([]float64{0, 0.5, 1, 2, 5, 10, 33, 100}).Draw(t, "requestsPerSecond"),
		Burst:             rapid.IntRange(0, 20).Draw(t, "burst"),
		MaxWorkers:        rapid.IntRange(0, 12).Draw(t, "maxWorkers"),
		InFlight:          rapid.IntRange(1, 8).Draw(t, "inFlight"),
		MinBeat:           time.Second,
		MaxBeat:           time.Duration(rapid.IntRange(1, 60).Draw(t, "maxBeat")) * time.Second,
	}
	if rapid.Bool().Draw(t, "with account limit") {
		limits.AccountPerSecond = limits.RequestsPerSecond / 3
	}
	limits.DayBudget = rapid.SampledFrom([]int64{0, 0, 20, 100, 1000}).Draw(t, "day budget")
	limits.MonthBudget = rapid.SampledFrom([]int64{0, 0, 200, 2000}).Draw(t, "month budget")
	return limits
}

func drawConditions(t *rapid.T) conditions {
	part := rapid.SampledFrom([]float64{0, 0, 0.005, 0.05})
	return conditions{
		latency:        rapid.SampledFrom([]float64{0.01, 0.1, 0.5, 3}).Draw(t, "latency"),
		overload:       part.Draw(t, "overload"),
		contention:     part.Draw(t, "contention"),
		death:          rapid.SampledFrom([]float64{0, 0, 0.001, 0.01}).Draw(t, "death"),
		startDelay:     rapid.SampledFrom([]float64{0, 0.3, 10}).Draw(t, "startDelay"),
		betweenDelay:   rapid.SampledFrom([]float64{0, 0.1, 2}).Draw(t, "betweenDelay"),
		serialRequests: rapid.IntRange(0, 5).Draw(t, "serialRequests"),
		deadAreSeen:    rapid.Bool().Draw(t, "dead are seen"),
	}
}

// drawProvider makes a provider that throttles below the configured rate, or not; and one that has an allowance, or not.
func drawProvider(t *rapid.T, w *world) {
	if rapid.Bool().Draw(t, "provider throttles") {
		rate := max(1, w.limits.RequestsPerSecond) * rapid.SampledFrom([]float64{0.1, 0.5, 0.9, 1}).Draw(t, "part")
		w.throttle(rate)
	}
	w.provider.dayCap = rapid.SampledFrom([]int64{0, 0, 0, 50, 500}).Draw(t, "provider's allowance")
}

// TestRulesHoldWhateverHappens simulates random pools: the checker watches rules 1 and 2 request by request, and every run ends
// with all its work done or parked.
func TestRulesHoldWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(drawLimits(t), rapid.Uint64().Draw(t, "seed"))
		w.conditions = drawConditions(t)
		drawProvider(t, w)
		for i := range rapid.IntRange(1, 4).Draw(t, "runs") {
			name := fmt.Sprintf("run-%d", i)
			r := w.addRun(name, rapid.Float64Range(0, 100).Draw(t, "begins"), drawBatches(t, name))
			if i > 0 && rapid.IntRange(0, 4).Draw(t, "vanishes") == 0 {
				w.after(rapid.Float64Range(0, 300).Draw(t, "vanishes at"), r.vanish)
			}
		}
		require.NoError(t, w.simulate())
		for _, r := range w.runs {
			require.True(t, r.ended)
			for _, left := range r.waiting {
				require.True(t, r.vanished || r.parked[left.id], "%s left %s: %s", r.name, left.id, r.last.Reason)
			}
		}
	})
}

// packed makes the batches of customers with an account and 70 requests each, a good 20 minutes of work.
func packedBatches(limits tempo.Limits) []*simulatedBatch {
	const requests = 70
	entities := make([]batch.Entity, int(limits.RequestsPerSecond*1500)/requests)
	for i := range entities {
		account := fmt.Sprintf("account-%d", i)
		entities[i] = batch.Entity{ID: entity.ID(account), Account: account, Requests: requests}
	}
	list := []*simulatedBatch{}
	for _, b := range batch.Pack(batch.Options{TargetRequests: 600, Workers: limits.Workers(0, 0)}, entities) {
		list = append(list, &simulatedBatch{id: b.ID, accounts: b.Accounts, entities: slices.Repeat([]int{requests}, len(b.Entities))})
	}
	return list
}

// TestWellBehavedPoolUsesItsQuota simulates pools without trouble: more than 90 % of the quota is used.
func TestWellBehavedPoolUsesItsQuota(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{2, 10, 50, 200} {
		for _, latency := range []float64{0.02, 0.2, 1} {
			t.Run(fmt.Sprintf("%v per second, %v s per request", rate, latency), func(t *testing.T) {
				t.Parallel()
				limits := tempo.Limits{
					RequestsPerSecond: rate, Burst: max(2, int(rate)), MaxWorkers: 100, InFlight: 8,
					MinBeat: time.Second, MaxBeat: 30 * time.Second,
				}
				w := newWorld(limits, 7)
				w.conditions.latency = latency
				r := w.addRun("run", 0, packedBatches(limits))
				require.NoError(t, w.simulate())
				used := float64(w.checker.requests) / rate / r.endedAt
				t.Logf("used %.1f %% in %.0f s, %d beats, %d workers at most", 100*used, r.endedAt, r.beats, r.peak)
				require.Greater(t, used, 0.9)
			})
		}
	}
}

package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

// candidates makes many batches of so many requests, each with an account of its own.
func candidates(count int, requests int64) []tempo.Candidate {
	list := make([]tempo.Candidate, count)
	for i := range list {
		id := batch.NewID(i)
		list[i] = tempo.Candidate{Batch: id, Worker: string(id), Accounts: []string{string(id)}, Requests: requests}
	}
	return list
}

// chain makes batches that share one account.
func chain(count int, requests int64) []tempo.Candidate {
	list := candidates(count, requests)
	for i := range list {
		list[i].Accounts = []string{"only"}
	}
	return list
}

func TestForecast(t *testing.T) {
	t.Parallel()
	serial := tenPerSecond
	serial.InFlight = 1
	few := serial
	few.MaxWorkers = 2
	day := tenPerSecond
	day.DayBudget = 1000
	unknown := tempo.Limits{MaxWorkers: 10, InFlight: 4}
	tests := map[string]struct {
		limits      tempo.Limits
		waiting     []tempo.Candidate
		assume      tempo.Assumptions
		least, most time.Duration
		bound       tempo.Bound
		parked      int
	}{
		"nothing to do":             {limits: tenPerSecond},
		"the rate decides":          {tenPerSecond, candidates(30, 300), tempo.Assumptions{}, 900 * time.Second, 1000 * time.Second, tempo.ByRate, 0},
		"starting takes time":       {tenPerSecond, candidates(1, 300), tempo.Assumptions{StartSeconds: 20}, 50 * time.Second, 55 * time.Second, tempo.ByRate, 0},
		"one account is one stream": {serial, chain(30, 300), tempo.Assumptions{}, 2700 * time.Second, 2800 * time.Second, tempo.ByAccount, 0},
		"too few workers":           {few, candidates(30, 300), tempo.Assumptions{SecondsPerRequest: 1}, 4500 * time.Second, 4600 * time.Second, tempo.ByWorkers, 0},
		"days are waited for":       {day, candidates(6, 450), tempo.Assumptions{}, 60*time.Hour - 24*time.Hour, 37 * time.Hour, tempo.ByBudget, 0},
		"more than a day's budget":  {day, candidates(1, 1001), tempo.Assumptions{}, 0, time.Second, "", 1},
		"slow start":                {unknown, candidates(30, 300), tempo.Assumptions{}, 100 * time.Second, 600 * time.Second, tempo.ByWorkers, 0},
		"a rate found last month":   {tenPerSecond, candidates(30, 300), tempo.Assumptions{State: tempo.State{Rate: 5, Ceiling: 10}}, 920 * time.Second, 1100 * time.Second, tempo.ByRate, 0},
		"very many":                 {tenPerSecond, candidates(100_000, 300), tempo.Assumptions{}, 3_000_000 * time.Second, 3_001_000 * time.Second, tempo.ByRate, 0},
		"very many days":            {day, candidates(10_000, 450), tempo.Assumptions{}, 4499 * 24 * time.Hour, 5001 * 24 * time.Hour, tempo.ByBudget, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := tempo.Forecast(test.limits, test.waiting, test.assume, noon)
			took := p.End.Sub(noon)
			require.GreaterOrEqual(t, took, test.least, "%+v", p)
			require.LessOrEqual(t, took, test.most, "%+v", p)
			require.Len(t, p.Parked, test.parked)
			require.Equal(t, test.bound, p.Bound, "%+v", p)
			require.Equal(t, len(test.waiting), p.Batches)
		})
	}
}

func BenchmarkForecastOf100000Batches(b *testing.B) {
	waiting := candidates(100_000, 300)
	for b.Loop() {
		tempo.Forecast(tenPerSecond, waiting, tempo.Assumptions{}, noon)
	}
}

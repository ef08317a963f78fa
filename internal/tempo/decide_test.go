package tempo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// tenPerSecond is an ordinary pool: 10 requests per second, burst 10, up to 5 workers.
var tenPerSecond = tempo.Limits{
	RequestsPerSecond: 10, Burst: 10, MaxWorkers: 5, InFlight: 8, MinBeat: time.Second, MaxBeat: 30 * time.Second,
}

// waiting makes batches of one account each, with so many requests.
func waiting(requests ...int64) []tempo.Candidate {
	candidates := make([]tempo.Candidate, len(requests))
	for i, n := range requests {
		id := batch.NewID(i)
		candidates[i] = tempo.Candidate{
			Batch: id, Worker: string(id) + "-1", Accounts: []string{fmt.Sprintf("account-%d", i)}, Requests: n,
		}
	}
	return candidates
}

func TestFirstBeatStartsWhatTheRateNeeds(t *testing.T) {
	t.Parallel()
	_, decision := tempo.Decide(tenPerSecond, tempo.State{}, tempo.Observation{Run: "r1", Waiting: waiting(100, 300, 200, 50)}, noon)
	require.Equal(t, 10.0, decision.Rate)
	require.Len(t, decision.Start, 2, "10 requests per second of 0.3 s each, 2 in flight per worker")
	require.Equal(t, batch.NewID(1), decision.Start[0].Batch, "the longest first")
	require.Equal(t, batch.NewID(2), decision.Start[1].Batch)
	require.Equal(t, tempo.Share{RequestsPerSecond: 5, Burst: 2, Serial: 1}, decision.Start[0].Share)
	require.Equal(t, noon.Add(65*time.Second), decision.ExpectedEnd)
	require.Equal(t, 30*time.Second, decision.Wait)
	require.False(t, decision.Done)
	require.Equal(t, "first beat; rate 10/s; 2 of 2 workers, 2 started, 5/s each", decision.Reason)
}

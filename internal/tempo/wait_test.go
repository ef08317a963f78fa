package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/tempo"
)

func TestWait(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000, 250))
	require.Equal(t, 30*time.Second, r.beat(0, tempo.Window{}).Wait, "nobody ends before the longest beat")
	r.acknowledge()
	require.Equal(t, 20*time.Second, r.beat(30, clean(300)).Wait, "250 requests at 5/s were to take 50 s")
	require.Equal(t, time.Second, r.beat(20, clean(200)).Wait, "due")
	require.Equal(t, 2*time.Second, r.beat(8, clean(80)).Wait, "overdue: less and less often")
	r.end("b0000001-1")
	r.beat(2, clean(20))
	require.Equal(t, []float64{10}, r.rates())
}

func TestWaitIsShortWhileARateIsJudged(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	*r.state = tempo.State{Rate: 4, Ceiling: 10}
	require.Equal(t, 7500*time.Millisecond, r.beat(0, tempo.Window{}).Wait, "a quarter of the longest beat")

	r = newManualRun(tempo.Limits{MaxBeat: 30 * time.Second}, waiting(1000))
	*r.state = tempo.State{Rate: 4, SlowStart: true}
	require.Equal(t, 5*time.Second, r.beat(0, tempo.Window{}).Wait, "20 requests at 4/s")
}

func TestExpectedEnd(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000, 1000, 1000))
	require.Equal(t, noon.Add(300*time.Second), r.beat(0, tempo.Window{}).ExpectedEnd)
	r.workers[0].Remaining, r.workers[1].Remaining = 800, 800
	require.Equal(t, noon.Add(50*time.Second+325*time.Second), r.beat(50, clean(400)).ExpectedEnd, "2600 to come at 8/s as so far")

	serial := serialPool
	r = newManualRun(serial, chain(3, 1000))
	require.Equal(t, noon.Add(900*time.Second), r.beat(0, tempo.Window{}).ExpectedEnd, "one account, one request of 0.3 s at a time")

	r = newManualRun(tenPerSecond, waiting(1e18))
	require.True(t, r.beat(0, tempo.Window{}).ExpectedEnd.After(noon.AddDate(3, 0, 0)), "very long is not negative")
}

package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/tempo"
)

func TestAveragesMoveHalfOfTheWay(t *testing.T) {
	t.Parallel()
	state := tempo.State{SecondsPerRequest: 0.3, Demands: map[string]tempo.Demand{"r1": {Usual: 5, Seen: noon}}}
	seen := tempo.Observation{
		Run: "r1", Since: noon, Window: tempo.Window{Requests: 100, Seconds: 50}, Waiting: waiting(1000),
	}
	after, _ := tempo.Decide(tenPerSecond, state, seen, noon.Add(10*time.Second))
	require.InDelta(t, 0.4, after.SecondsPerRequest, 1e-9, "after 100 requests")

	seen.Window = tempo.Window{Requests: 300, Seconds: 90}
	after, _ = tempo.Decide(tenPerSecond, state, seen, noon.Add(30*time.Second))
	require.InDelta(t, 10, after.Demands["r1"].Used, 1e-9)
	require.InDelta(t, 7.5, after.Demands["r1"].Usual, 1e-9, "after 30 s")

	seen.Window = tempo.Window{}
	after, _ = tempo.Decide(tenPerSecond, state, seen, noon.Add(30*time.Second))
	require.InDelta(t, 0.3, after.SecondsPerRequest, 0, "nothing sent says nothing")
	require.InDelta(t, 5, after.Demands["r1"].Usual, 0)
}

func TestFirstBeatHasNoWindow(t *testing.T) {
	t.Parallel()
	state, _ := tempo.Decide(tenPerSecond, tempo.State{}, tempo.Observation{Run: "r1", Window: clean(10), Waiting: waiting(9)}, noon)
	require.Zero(t, state.Demands["r1"].Used)
	require.Zero(t, state.Settled, "nothing was lowered")
}

func TestDemandsExpire(t *testing.T) {
	t.Parallel()
	for after, kept := range map[time.Duration]bool{tenPerSecond.Expiry(): true, tenPerSecond.Expiry() + 1: false} {
		state := tempo.State{Demands: map[string]tempo.Demand{"r2": {Workers: 1, Seen: noon}}}
		state, _ = tempo.Decide(tenPerSecond, state, tempo.Observation{Run: "r1"}, noon.Add(after))
		require.Equal(t, kept, state.Demands["r2"].Workers == 1)
	}
}

func TestDemandOfAnEndedRunIsDropped(t *testing.T) {
	t.Parallel()
	state := tempo.State{Demands: map[string]tempo.Demand{"r2": {Workers: 1, Seen: noon}, "r3": {Workers: 1, Seen: noon}}}
	state, _ = tempo.Decide(tenPerSecond, state, tempo.Observation{Run: "r1", Ended: []string{"r2"}}, noon)
	require.NotContains(t, state.Demands, "r2")
	require.Contains(t, state.Demands, "r3")
}

// Days and months are those of UTC, whatever the time zone of the host.
func TestUsage(t *testing.T) {
	t.Parallel()
	newYork := time.FixedZone("", -5*3600)
	used := tempo.Usage{Day: "2026-11-30", DayRequests: 10, Month: "2026-11", MonthRequests: 500}
	tests := map[string]struct {
		now  time.Time
		want tempo.Usage
	}{
		"the same day": {
			time.Date(2026, 11, 30, 18, 0, 0, 0, newYork), tempo.Usage{Day: "2026-11-30", DayRequests: 17, Month: "2026-11", MonthRequests: 507},
		},
		"a new day of a new month": {
			time.Date(2026, 11, 30, 20, 0, 0, 0, newYork), tempo.Usage{Day: "2026-12-01", DayRequests: 7, Month: "2026-12", MonthRequests: 7},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := tempo.Observation{Run: "r1", Since: test.now.Add(-time.Minute), Window: clean(7)}
			state, _ := tempo.Decide(tenPerSecond, tempo.State{Usage: used}, seen, test.now)
			require.Equal(t, test.want, state.Usage)
		})
	}
}

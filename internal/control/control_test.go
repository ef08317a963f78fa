package control_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/control"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

func withRun(t *testing.T) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	require.NoError(t, ledger.PutJSON(t.Context(), l, ledger.RequestKey("r1"), run.Request{
		Version: run.Version, Run: "r1", Period: period.New(2026, 12),
	}))
	return l
}

func TestUnaskedRunGoesOn(t *testing.T) {
	t.Parallel()
	asked, err := control.Read(t.Context(), withRun(t), "r1")
	require.NoError(t, err)
	require.Equal(t, run.GoOn, asked.Wish)
}

func TestWishes(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		asked   []run.Wish
		want    run.Wish
		refused bool
	}{
		"pause":                      {[]run.Wish{run.Pause}, run.Pause, false},
		"pause and resume":           {[]run.Wish{run.Pause, run.GoOn}, run.GoOn, false},
		"cancel a paused run":        {[]run.Wish{run.Pause, run.Cancel}, run.Cancel, false},
		"cancel twice":               {[]run.Wish{run.Cancel, run.Cancel}, run.Cancel, false},
		"resume a cancelled run":     {[]run.Wish{run.Cancel, run.GoOn}, run.Cancel, true},
		"pause a cancelled run":      {[]run.Wish{run.Cancel, run.Pause}, run.Cancel, true},
		"resume one that never held": {[]run.Wish{run.GoOn}, run.GoOn, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := withRun(t)
			var err error
			for _, wish := range one.asked {
				_, err = control.Ask(t.Context(), l, "r1", wish, "anna")
			}
			require.Equal(t, one.refused, err != nil, "%v", err)
			if one.refused {
				require.Equal(t, failure.Config, failure.ClassOf(err))
			}
			asked, err := control.Read(t.Context(), l, "r1")
			require.NoError(t, err)
			require.Equal(t, one.want, asked.Wish)
			require.Equal(t, "anna", asked.By)
		})
	}
}

func TestUnknownRunCannotBeAsked(t *testing.T) {
	t.Parallel()
	_, err := control.Ask(t.Context(), ledger.NewMemory(), "r1", run.Pause, "anna")
	require.Equal(t, failure.Config, failure.ClassOf(err))
}

func TestSetRateStandsInForTheConfiguredOne(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	configured := tempo.Limits{RequestsPerSecond: 10, Burst: 4}
	rate := func() float64 {
		set, err := control.ReadLimits(t.Context(), l, "box")
		require.NoError(t, err)
		require.Equal(t, 4, set.Over(configured).Burst)
		return set.Over(configured).RequestsPerSecond
	}
	require.InDelta(t, 10, rate(), 0)
	for _, set := range []struct{ rate, want float64 }{{6, 6}, {6, 6}, {20, 20}, {0, 10}} {
		_, err := control.SetRate(t.Context(), l, "box", set.rate, "anna")
		require.NoError(t, err)
		require.InDelta(t, set.want, rate(), 0)
	}
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err := control.SetRate(t.Context(), l, "box", bad, "anna")
		require.Equal(t, failure.Config, failure.ClassOf(err))
	}
}

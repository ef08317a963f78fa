package run_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

func ledgerWithRun(t *testing.T) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.RequestKey("r1"), run.Request{
		Version: run.Version, Run: "r1", Period: period.New(2026, 12),
	}))
	return l
}

func TestWithoutOrdersARunGoesOn(t *testing.T) {
	t.Parallel()
	asked, err := run.ReadControl(t.Context(), ledgerWithRun(t), "r1")
	require.NoError(t, err)
	require.Equal(t, run.Resume, asked.Order)
}

func TestOrders(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		orders  []run.Order
		want    run.Order
		refused bool
	}{
		"pause":                      {[]run.Order{run.Pause}, run.Pause, false},
		"pause and resume":           {[]run.Order{run.Pause, run.Resume}, run.Resume, false},
		"cancel a paused run":        {[]run.Order{run.Pause, run.Cancel}, run.Cancel, false},
		"cancel twice":               {[]run.Order{run.Cancel, run.Cancel}, run.Cancel, false},
		"resume a cancelled run":     {[]run.Order{run.Cancel, run.Resume}, run.Cancel, true},
		"pause a cancelled run":      {[]run.Order{run.Cancel, run.Pause}, run.Cancel, true},
		"resume one that never held": {[]run.Order{run.Resume}, run.Resume, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := ledgerWithRun(t)
			var err error
			for _, order := range one.orders {
				_, err = run.SendOrder(t.Context(), l, "r1", order, "anna")
			}
			require.Equal(t, one.refused, err != nil, "%v", err)
			if one.refused {
				require.Equal(t, failure.Config, failure.ClassOf(err))
			}
			asked, err := run.ReadControl(t.Context(), l, "r1")
			require.NoError(t, err)
			require.Equal(t, one.want, asked.Order)
			require.Equal(t, "anna", asked.By)
		})
	}
}

func TestUnknownRunTakesNoOrders(t *testing.T) {
	t.Parallel()
	_, err := run.SendOrder(t.Context(), ledger.NewMemory(), "r1", run.Pause, "anna")
	require.Equal(t, failure.Config, failure.ClassOf(err))
}

func TestSetRateStandsInForTheConfiguredOne(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	configured := tempo.Limits{RequestsPerSecond: 10, Burst: 4}
	rate := func() float64 {
		set, err := run.ReadPoolLimits(t.Context(), l, "box")
		require.NoError(t, err)
		require.Equal(t, 4, set.Over(configured).Burst)
		return set.Over(configured).RequestsPerSecond
	}
	require.InDelta(t, 10, rate(), 0)
	for _, set := range []struct{ rate, want float64 }{{6, 6}, {6, 6}, {20, 20}, {0, 10}} {
		_, err := run.SetPoolRate(t.Context(), l, "box", set.rate, "anna")
		require.NoError(t, err)
		require.InDelta(t, set.want, rate(), 0)
	}
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err := run.SetPoolRate(t.Context(), l, "box", bad, "anna")
		require.Equal(t, failure.Config, failure.ClassOf(err))
	}
}

// What metronome 0.1 left is understood: it called the order a wish, and resuming "go on".
func TestOldControlDocumentIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]run.Order{
		`{"version": 1, "wish": "go on"}`: run.Resume, `{"version": 1, "wish": "pause", "by": "anna"}`: run.Pause,
		`{"version": 1, "wish": "cancel"}`: run.Cancel, `{"version": 1, "order": "pause"}`: run.Pause,
	} {
		l := ledgerWithRun(t)
		require.NoError(t, l.Put(t.Context(), run.ControlKey("r1"), []byte(text)))
		control, err := run.ReadControl(t.Context(), l, "r1")
		require.NoError(t, err)
		require.Equal(t, want, control.Order, text)
		require.Equal(t, 1, control.Version)
	}
}

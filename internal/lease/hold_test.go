package lease_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/lease"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// The pulses of a run's pools, in many pods, hold one lease together.
func TestHoldIsSharedByTheProcessesOfARun(t *testing.T) {
	t.Parallel()
	l, p := ledger.NewMemory(), period.New(2026, 12)
	var pulses sync.WaitGroup
	errs := make(chan error, 20)
	for range cap(errs) {
		pulses.Go(func() { errs <- lease.Hold(t.Context(), l, p, "r1", tempo.Holder{Host: "argo/a"}, time.Minute) })
	}
	pulses.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	err := lease.Hold(t.Context(), l, p, "r2", tempo.Holder{Host: "argo/b"}, time.Minute)
	require.Equal(t, failure.Contention, failure.ClassOf(err))
	require.ErrorContains(t, err, "r1")
}

func TestGiveBack(t *testing.T) {
	t.Parallel()
	l, p := ledger.NewMemory(), period.New(2026, 12)
	require.NoError(t, lease.GiveBack(t.Context(), l, p, "r1"), "nobody holds it")
	require.NoError(t, lease.Hold(t.Context(), l, p, "r1", tempo.Holder{}, time.Minute))
	require.NoError(t, lease.GiveBack(t.Context(), l, p, "r2"), "it is another's")
	require.Error(t, lease.Hold(t.Context(), l, p, "r2", tempo.Holder{}, time.Minute))
	require.NoError(t, lease.GiveBack(t.Context(), l, p, "r1"))
	require.NoError(t, lease.Hold(t.Context(), l, p, "r2", tempo.Holder{}, time.Minute))
}

func TestHoldProlongsInGoodTime(t *testing.T) {
	t.Parallel()
	l, p := ledger.NewMemory(), period.New(2026, 12)
	until := func() time.Time {
		held, _, err := ledger.ReadJSON[run.Lease](t.Context(), l, ledger.LeaseKey(p))
		require.NoError(t, err)
		return held.Expires
	}
	require.NoError(t, lease.Hold(t.Context(), l, p, "r1", tempo.Holder{}, time.Minute))
	first := until()
	require.NoError(t, lease.Hold(t.Context(), l, p, "r1", tempo.Holder{}, time.Minute))
	require.Equal(t, first, until(), "most of it is left: nothing is written")
	require.NoError(t, lease.Hold(t.Context(), l, p, "r1", tempo.Holder{}, time.Hour))
	require.True(t, until().After(first))
}

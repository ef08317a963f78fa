package lease_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/lease"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

var december = period.New(2026, 12)

func elsewhere() tempo.Holder { return tempo.Holder{Host: "another machine", PID: 1, Started: "1"} }

func TestOneRunHoldsAPeriod(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	first, err := lease.Take(t.Context(), l, december, "first", elsewhere())
	require.NoError(t, err)
	_, err = lease.Take(t.Context(), l, december, "second", process.Self())
	require.Equal(t, failure.Contention, failure.ClassOf(err))
	require.ErrorContains(t, err, `"first": period 2026-12 is being replicated already`)
	require.Equal(t, failure.ExitTemporary, failure.ExitCode(err))

	_, err = lease.Take(t.Context(), l, period.New(2027, 1), "second", process.Self())
	require.NoError(t, err, "another period is free")

	require.NoError(t, first.Release(t.Context()))
	second, err := lease.Take(t.Context(), l, december, "second", process.Self())
	require.NoError(t, err)
	require.Empty(t, second.Former, "it was given back")
}

func TestSameRunTakesItsLeaseAgain(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	_, err := lease.Take(t.Context(), l, december, "first", elsewhere())
	require.NoError(t, err)
	again, err := lease.Take(t.Context(), l, december, "first", process.Self())
	require.NoError(t, err)
	require.NoError(t, again.Renew(t.Context()))
}

func TestLeaseOfAnEndedProcessIsTakenOverAtOnce(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	ended := process.Self()
	ended.Started = "a process of that number that began at another time"
	lost, err := lease.Take(t.Context(), l, december, "lost", ended)
	require.NoError(t, err)
	taken, err := lease.Take(t.Context(), l, december, "next", process.Self())
	require.NoError(t, err)
	require.Equal(t, run.ID("lost"), taken.Former)
	require.ErrorIs(t, lost.Renew(t.Context()), lease.ErrLost)
}

func TestExpiredLeaseIsTakenOver(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	old := run.Lease{Version: run.Version, Run: "old", Holder: elsewhere(), Expires: time.Now().Add(-time.Second)}
	require.NoError(t, ledger.PutJSON(t.Context(), l, ledger.LeaseKey(december), old))
	taken, err := lease.Take(t.Context(), l, december, "next", process.Self())
	require.NoError(t, err)
	require.Equal(t, run.ID("old"), taken.Former)
}

func TestManyTakersOneWins(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	won := make(chan bool, 20)
	for n := range cap(won) {
		go func() {
			_, err := lease.Take(t.Context(), l, december, run.ID(rune('a'+n)), process.Self())
			won <- err == nil
		}()
	}
	winners := 0
	for range cap(won) {
		if <-won {
			winners++
		}
	}
	require.Equal(t, 1, winners)
}

func TestSelfLives(t *testing.T) {
	t.Parallel()
	self := process.Self()
	require.Equal(t, os.Getpid(), self.PID)
	require.False(t, process.Gone(self, self))
	require.False(t, process.Gone(elsewhere(), self), "of other machines nothing is known")
	require.False(t, process.Gone(tempo.Holder{}, self))
	other := self
	other.PID = 1 << 30
	require.True(t, process.Gone(other, self))
}

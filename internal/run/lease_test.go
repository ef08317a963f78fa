package run_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

var december = period.New(2026, 12)

func otherMachine() tempo.Holder { return tempo.Holder{Host: "another machine", PID: 1, Started: "1"} }

// claim is of this process, for a minute.
func claim(id run.ID) run.LeaseClaim {
	return run.LeaseClaim{Period: december, Run: id, Holder: process.Self(), Life: time.Minute}
}

func claimOf(id run.ID, holder tempo.Holder) run.LeaseClaim {
	c := claim(id)
	c.Holder = holder
	return c
}

func acquire(t *testing.T, l ledger.Ledger, c run.LeaseClaim) run.ID {
	t.Helper()
	previous, err := c.Acquire(t.Context(), l)
	require.NoError(t, err)
	return previous
}

func stored(t *testing.T, l ledger.Ledger) run.Lease {
	t.Helper()
	lease, _, err := ledger.ReadJSON[run.Lease](t.Context(), l, run.LeaseKey(december))
	require.NoError(t, err)
	return lease
}

func TestOneRunHoldsAPeriod(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	acquire(t, l, claimOf("first", otherMachine()))
	_, err := claim("second").Acquire(t.Context(), l)
	require.Equal(t, failure.Contention, failure.ClassOf(err))
	require.ErrorContains(t, err, `"first": period 2026-12 is being replicated already`)
	require.Equal(t, failure.ExitTemporary, failure.ExitCode(err))

	another := claim("second")
	another.Period = period.New(2027, 1)
	acquire(t, l, another)

	require.NoError(t, run.ReleaseLease(t.Context(), l, december, "first"))
	require.Empty(t, acquire(t, l, claim("second")), "it was released")
}

func TestSameRunAcquiresItsLeaseAgain(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	acquire(t, l, claimOf("first", otherMachine()))
	require.Empty(t, acquire(t, l, claim("first")))
	_, err := claim("first").Renew(t.Context(), l)
	require.NoError(t, err)
}

func TestLeaseOfAnEndedProcessIsTakenOverAtOnce(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	ended := process.Self()
	ended.Started = "a process of that number that began at another time"
	lost := claimOf("lost", ended)
	acquire(t, l, lost)
	require.Equal(t, run.ID("lost"), acquire(t, l, claim("next")))
	_, err := lost.Renew(t.Context(), l)
	require.ErrorIs(t, err, run.ErrLeaseLost)
	require.EqualError(t, err, `periods/2026-12/lease.json "next": the lease of the period was taken over by another run`)
	require.Contains(t, failure.HintOf(err), "run the period again")
	require.Equal(t, failure.Contention, failure.ClassOf(err))
}

func TestDeletedLeaseIsRenewed(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	lease, err := claim("r1").Renew(t.Context(), l)
	require.NoError(t, err)
	require.Equal(t, run.ID("r1"), lease.Run)
}

func TestExpiredLeaseIsTakenOver(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	old := run.Lease{Version: run.Version, Run: "old", Holder: otherMachine(), Expires: time.Now().Add(-time.Second)}
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.LeaseKey(december), old))
	require.Equal(t, run.ID("old"), acquire(t, l, claim("next")))
}

func TestManyAcquireOneWins(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	won := make(chan bool, 20)
	for n := range cap(won) {
		go func() {
			_, err := claim(run.ID(rune('a'+n))).Acquire(t.Context(), l)
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

// The pulses of a run's pools, in many pods, renew one lease together.
func TestRenewingIsSharedByTheProcessesOfARun(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	acquire(t, l, claimOf("r1", tempo.Holder{Host: "argo/a"}))
	var pulses sync.WaitGroup
	errs := make(chan error, 20)
	for range cap(errs) {
		pulses.Go(func() {
			_, err := claimOf("r1", tempo.Holder{Host: "argo/a"}).Renew(t.Context(), l)
			errs <- err
		})
	}
	pulses.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	_, err := claimOf("r2", tempo.Holder{Host: "argo/b"}).Acquire(t.Context(), l)
	require.Equal(t, failure.Contention, failure.ClassOf(err))
	require.ErrorContains(t, err, "r1")
}

func TestReleaseIsForTheHolderOnly(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	require.NoError(t, run.ReleaseLease(t.Context(), l, december, "r1"), "no run holds it")
	acquire(t, l, claim("r1"))
	require.NoError(t, run.ReleaseLease(t.Context(), l, december, "r2"), "it is another's")
	require.True(t, stored(t, l).Live(time.Now()))
	require.NoError(t, run.ReleaseLease(t.Context(), l, december, "r1"))
	require.False(t, stored(t, l).Live(time.Now()))
}

func TestRenewWritesWhenHalfIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger.NewMemory()
		acquire(t, l, claim("r1"))
		first := stored(t, l).Expires
		renewed := func(after time.Duration) time.Time {
			<-time.After(after) // virtual time
			lease, err := claim("r1").Renew(t.Context(), l)
			require.NoError(t, err)
			require.True(t, lease.Expires.Equal(stored(t, l).Expires))
			return lease.Expires
		}
		require.True(t, renewed(29*time.Second).Equal(first), "more than half is left: nothing is written")
		require.Equal(t, 31*time.Second, renewed(2*time.Second).Sub(first))
	})
}

// A kept lease stays live for as long as it is kept, and expires by itself afterwards.
func TestKeepingOutlivesTheLeasesLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger.NewMemory()
		acquire(t, l, claimOf("r1", otherMachine()))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- claimOf("r1", otherMachine()).Keep(ctx, l) }()
		for range 60 {
			<-time.After(10 * time.Second) // virtual time
			synctest.Wait()
			require.True(t, stored(t, l).Live(time.Now().Add(19*time.Second)), "always renewed in good time")
			_, err := claim("r2").Acquire(t.Context(), l)
			require.Error(t, err)
		}
		stop()
		require.NoError(t, <-ended)
		<-time.After(time.Minute) // virtual time
		require.Equal(t, run.ID("r1"), acquire(t, l, claim("r2")))
	})
}

// unreachable is a ledger that fails while it is told to.
type unreachable struct {
	ledger.Ledger
	down atomic.Bool
}

var errDown = errors.New("the ledger is out of reach")

func (u *unreachable) Get(ctx context.Context, key string) ([]byte, ledger.Version, error) {
	if u.down.Load() {
		return nil, "", errDown
	}
	return u.Ledger.Get(ctx, key)
}

// A run whose ledger is out of reach for a moment continues; one that cannot renew for so long that its lease may be taken gives
// up before it expires.
func TestKeepingGivesUpBeforeTheLeaseExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &unreachable{Ledger: ledger.NewMemory()}
		acquire(t, l, claim("r1"))
		ended := make(chan error, 1)
		go func() { ended <- claim("r1").Keep(t.Context(), l) }()
		l.down.Store(true)
		<-time.After(45 * time.Second) // virtual time
		l.down.Store(false)
		<-time.After(10 * time.Second) // virtual time
		synctest.Wait()
		require.Empty(t, ended)

		l.down.Store(true)
		began := time.Now()
		err := <-ended
		require.ErrorIs(t, err, run.ErrLeaseLost)
		require.ErrorIs(t, err, errDown)
		require.Less(t, time.Since(began), time.Minute)
		l.down.Store(false)
		require.True(t, stored(t, l).Live(time.Now()), "nobody else can have it yet")
	})
}

func TestKeepingEndsWhereTheLeaseIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger.NewMemory()
		acquire(t, l, claim("r1"))
		ended := make(chan error, 1)
		go func() { ended <- claim("r1").Keep(t.Context(), l) }()
		require.NoError(t, ledger.PutJSON(t.Context(), l, run.LeaseKey(december),
			run.Lease{Version: run.Version, Run: "r2", Expires: time.Now().Add(time.Minute)}))
		require.ErrorIs(t, <-ended, run.ErrLeaseLost)
	})
}

func TestOwnProcessLives(t *testing.T) {
	t.Parallel()
	self := process.Self()
	require.Equal(t, os.Getpid(), self.PID)
	require.False(t, process.Gone(self, self))
	require.False(t, process.Gone(otherMachine(), self), "of other machines nothing is known")
	require.False(t, process.Gone(tempo.Holder{}, self))
	other := self
	other.PID = 1 << 30
	require.True(t, process.Gone(other, self))
}

package worker

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/run"
	"metronome/internal/stage/prepare"
)

func TestSetOutcome(t *testing.T) {
	t.Parallel()
	errorOf := func(class failure.Class) error { return failure.New(class, "k", "v", "do it", "broken") }
	for name, test := range map[string]struct {
		err       error
		handBacks int
		want      run.EntityState
		class     failure.Class
	}{
		"success":                       {nil, 0, run.EntityDone, ""},
		"a cap parks":                   {errorOf(failure.Cap), 0, run.EntityParked, failure.Cap},
		"an overload is handed back":    {errorOf(failure.Overload), 0, run.EntityHandedBack, failure.Overload},
		"an outage fails":               {errorOf(failure.Overload), 4, run.EntityFailed, failure.Overload},
		"throttling is handed back":     {errorOf(failure.Throttled), 30, run.EntityHandedBack, failure.Throttled},
		"contention is handed back":     {errorOf(failure.Contention), 10, run.EntityHandedBack, failure.Contention},
		"a permanent error fails":       {errorOf(failure.Permanent), 0, run.EntityFailed, failure.Permanent},
		"bad content fails":             {errorOf(failure.Data), 0, run.EntityFailed, failure.Data},
		"what nobody classified, fails": {errors.New("odd"), 0, run.EntityFailed, failure.Permanent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := run.EntityProgress{State: run.EntityWorking, HandBacks: test.handBacks}
			setOutcome(&e, test.err)
			require.Equal(t, test.want, e.State)
			require.Equal(t, test.class, e.Class)
			if test.err != nil {
				require.NotEmpty(t, e.Error)
			}
		})
	}
}

func TestABatchEndsWhereItsProviderIsDown(t *testing.T) {
	t.Parallel()
	const back, done = run.EntityHandedBack, run.EntityDone
	outcomes := []run.EntityState{back, back, done, back, back, back}
	want := []bool{true, true, true, true, true, false} // the one that is done shows that the provider is up
	handedBack := 0
	for i, outcome := range outcomes {
		var proceed bool
		proceed, handedBack = shouldContinue(outcome, handedBack)
		require.Equal(t, want[i], proceed, i)
	}
	proceed, _ := shouldContinue(run.EntityParked, 0)
	require.False(t, proceed)
}

func TestNotBeforeGrowsWithHandBacks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	at := func(handBacks int) time.Duration {
		return notBefore(run.Progress{Entities: []run.EntityProgress{{State: run.EntityHandedBack, HandBacks: handBacks}}}, now).Sub(now)
	}
	require.Equal(t, 2*time.Second, at(1))
	require.Equal(t, 16*time.Second, at(4))
	require.Equal(t, time.Minute, at(40))
	require.True(t, notBefore(run.Progress{Entities: []run.EntityProgress{{State: run.EntityDone}}}, now).IsZero())
}

func TestCapEnd(t *testing.T) {
	t.Parallel()
	named := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, named, capEnd(&failure.Error{Class: failure.Cap, Until: named, Err: errors.New("cap")}))
	require.Zero(t, capEnd(errors.New("cap")).Hour(), "the next midnight")
}

// The pool is parked by what its workers write: the latest moment that the provider named for a used-up allowance.
func TestWorkerRemembersUntilWhenAnAllowanceIsUsedUp(t *testing.T) {
	t.Parallel()
	soon, late := time.Now().Add(time.Hour).UTC(), time.Now().Add(2*time.Hour).UTC()
	errorOf := func(class failure.Class, until time.Time) error {
		return &failure.Error{Class: class, Until: until, Err: errors.New("used up")}
	}
	w := worker{progress: run.Progress{Entities: make([]run.EntityProgress, 1)}}
	for _, step := range []struct {
		err  error
		want time.Time
	}{
		{nil, time.Time{}},
		{errorOf(failure.Throttled, late), time.Time{}},
		{errorOf(failure.Cap, soon), soon},
		{errorOf(failure.Cap, late), late},
		{errorOf(failure.Cap, soon), late},
	} {
		w.recordOutcome(prepare.Outcome{Err: step.err})
		require.Equal(t, step.want, w.progress.CapResetsAt, step.err)
	}
}

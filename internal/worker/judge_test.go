package worker

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/run"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	of := func(class failure.Class) error { return failure.New(class, "k", "v", "do it", "trouble") }
	for name, test := range map[string]struct {
		err   error
		tries int
		want  run.State
		class failure.Class
	}{
		"success":                       {nil, 0, run.Done, ""},
		"a cap parks":                   {of(failure.Cap), 0, run.Parked, failure.Cap},
		"an overload is handed back":    {of(failure.Overload), 0, run.Back, failure.Overload},
		"an outage fails":               {of(failure.Overload), 4, run.Failed, failure.Overload},
		"throttling is handed back":     {of(failure.Throttled), 30, run.Back, failure.Throttled},
		"contention is handed back":     {of(failure.Contention), 10, run.Back, failure.Contention},
		"a permanent trouble fails":     {of(failure.Permanent), 0, run.Failed, failure.Permanent},
		"bad content fails":             {of(failure.Data), 0, run.Failed, failure.Data},
		"what nobody classified, fails": {errors.New("odd"), 0, run.Failed, failure.Permanent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := run.EntityProgress{State: run.Working, Tries: test.tries}
			judge(&e, test.err)
			require.Equal(t, test.want, e.State)
			require.Equal(t, test.class, e.Class)
			if test.err != nil {
				require.NotEmpty(t, e.Error)
			}
		})
	}
}

func TestVerdictEndsABatchWhoseProviderIsDown(t *testing.T) {
	t.Parallel()
	back, done := run.EntityProgress{State: run.Back}, run.EntityProgress{State: run.Done}
	v := verdict{}
	require.True(t, v.goOn(back))
	require.True(t, v.goOn(back))
	require.True(t, v.goOn(done), "one that works shows that the provider is up")
	require.True(t, v.goOn(back))
	require.True(t, v.goOn(back))
	require.False(t, v.goOn(back))
	require.False(t, (&verdict{}).goOn(run.EntityProgress{State: run.Parked}))
}

func TestNotBeforeGrowsWithTries(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	at := func(tries int) time.Duration {
		return notBefore(run.Progress{Entities: []run.EntityProgress{{State: run.Back, Tries: tries}}}, now).Sub(now)
	}
	require.Equal(t, 2*time.Second, at(1))
	require.Equal(t, 16*time.Second, at(4))
	require.Equal(t, time.Minute, at(40))
	require.True(t, notBefore(run.Progress{Entities: []run.EntityProgress{{State: run.Done}}}, now).IsZero())
}

func TestUntilOf(t *testing.T) {
	t.Parallel()
	named := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, named, untilOf(&failure.Error{Class: failure.Cap, Until: named, Err: errors.New("cap")}))
	require.Zero(t, untilOf(errors.New("cap")).Hour(), "the next midnight")
}

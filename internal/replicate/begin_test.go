package replicate_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage/stagetest"
	"metronome/internal/tempo"
)

var december = period.New(2026, 12)

// newSite is an installation with some entities in the pool "box".
func newSite(t *testing.T, l ledger.Ledger, ids ...entity.ID) *site.Site {
	t.Helper()
	var entities []entity.Entity
	for _, id := range ids {
		entities = append(entities, entity.Entity{
			ID: id, Name: string(id), Pool: pool, Account: "acme", Remote: "box:Close/" + string(id),
			Templates: "standard", Calendar: "US", Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
		})
	}
	require.NoError(t, l.Put(t.Context(), ledger.EntitiesKey, catalog.Encode(entities)))
	require.NoError(t, l.Put(t.Context(), ledger.TemplateSetKey("standard"), []byte(stagetest.SmallTemplateSet)))
	return site.New(config.Config{
		Pools: map[string]config.Pool{pool: {Provider: "box", RequestsPerSecond: 10, Burst: 10, MaxWorkers: 2}},
		Batch: config.Batch{Target: time.Minute}, Beat: config.Beat{Min: time.Second, Max: time.Minute},
	}, l)
}

func options(id run.ID) replicate.BeginOptions {
	return replicate.BeginOptions{
		Claim: run.LeaseClaim{Period: december, Run: id, Holder: tempo.Holder{Host: "here"}, Life: time.Minute},
		Now:   time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC),
	}
}

func keys(t *testing.T, l ledger.Ledger, prefix string) []string {
	t.Helper()
	names, err := l.Children(t.Context(), prefix)
	require.NoError(t, err)
	return names
}

func TestBeginWritesTheRunAndHoldsTheLease(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	s := newSite(t, l, "acme", "acme-uk")
	request, err := replicate.Begin(t.Context(), s, options("r1"))
	require.NoError(t, err)
	require.Equal(t, 2, request.Total)
	batches, err := run.ReadBatches(t.Context(), l, "r1", pool)
	require.NoError(t, err)
	require.Len(t, batches, request.Pools[0].Batches)

	_, err = replicate.Begin(t.Context(), s, options("r2"))
	require.Equal(t, failure.Contention, failure.ClassOf(err))
	require.Equal(t, []string{"r1/"}, keys(t, l, run.RunsPrefix), "the run that came second wrote nothing")

	s = newSite(t, l, "acme", "acme-uk", "acme-us")
	again, err := replicate.Begin(t.Context(), s, options("r1"))
	require.NoError(t, err)
	require.Equal(t, request, again, "what an earlier try wrote counts")
}

func TestRunThatCannotBeginReleasesItsLease(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	s := newSite(t, l, "acme")
	o := options("r1")
	o.Selection.Entities = []entity.ID{"nobody"}
	_, err := replicate.Begin(t.Context(), s, o)
	require.Equal(t, failure.Data, failure.ClassOf(err))
	require.Empty(t, keys(t, l, run.RunsPrefix))
	_, err = replicate.Begin(t.Context(), s, options("r2"))
	require.NoError(t, err)
}

// Two workers must never be on one account: where a run vanished, its workers end before the next run is written.
func TestBeginWaitsForTheWorkersOfAVanishedRun(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	s := newSite(t, l, "acme")
	vanished := run.Lease{Version: run.Version, Run: "vanished", Expires: time.Now().Add(-time.Second)}
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.LeaseKey(december), vanished))
	o, errStillAlive := options("r1"), errors.New("a worker is still alive")
	o.WaitForWorkers = func(_ context.Context, previous run.ID) error {
		require.Equal(t, run.ID("vanished"), previous)
		require.Empty(t, keys(t, l, run.RunsPrefix))
		return errStillAlive
	}
	_, err := replicate.Begin(t.Context(), s, o)
	require.ErrorIs(t, err, errStillAlive)
	require.Empty(t, keys(t, l, run.RunsPrefix))
}

// unconditional is a store that ignores the conditions of writes.
type unconditional struct{ ledger.Ledger }

func (u unconditional) Create(ctx context.Context, key string, data []byte) (ledger.Version, error) {
	return "v", u.Put(ctx, key, data)
}

func TestBeginRefusesAStoreThatIgnoresConditions(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	_, err := replicate.Begin(t.Context(), newSite(t, unconditional{l}, "acme"), options("r1"))
	require.Equal(t, failure.Config, failure.ClassOf(err))
	require.ErrorContains(t, err, "the store ignores the conditions of writes")
	require.Empty(t, keys(t, l, "periods/"), "no lease is worth anything there")
}

// begun is a run that holds its lease and has a worker with a grant, renewed now.
func begun(t *testing.T) (*site.Site, run.Request) {
	t.Helper()
	s := newSite(t, ledger.NewMemory(), "acme")
	request, err := replicate.Begin(t.Context(), s, options("r1"))
	require.NoError(t, err)
	require.NoError(t, ledger.PutJSON(t.Context(), s.Ledger, run.TempoKey(pool), tempo.State{
		Grants: []tempo.Grant{{Run: "r1", Worker: "w", Renewed: time.Now()}, {Run: "another", Worker: "x", Renewed: time.Now().Add(time.Hour)}},
	}))
	return s, request
}

func order(t *testing.T, s *site.Site) run.Order {
	t.Helper()
	control, err := run.ReadControl(t.Context(), s.Ledger, "r1")
	require.NoError(t, err)
	return control.Order
}

func TestConcludeWaitsForWorkersThenReportsAndReleases(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, request := begun(t)
		var report run.Report
		ended := make(chan error, 1)
		go func() {
			var err error
			report, err = replicate.Conclude(t.Context(), s, request, time.Hour)
			ended <- err
		}()
		<-time.After(5 * time.Second) // virtual time
		synctest.Wait()
		require.Empty(t, ended, "a worker has a grant")
		require.Equal(t, run.Cancel, order(t, s), "it is told to stop after the entity in hand")
		require.NoError(t, ledger.PutJSON(t.Context(), s.Ledger, run.TempoKey(pool), tempo.State{}))
		require.NoError(t, <-ended)
		require.Equal(t, run.StateInterrupted, report.State)
		live, err := run.IsLive(t.Context(), s.Ledger, request)
		require.NoError(t, err)
		require.False(t, live)
	})
}

func TestConcludeOfAQuietRunOrdersNothing(t *testing.T) {
	t.Parallel()
	s, request := begun(t)
	require.NoError(t, ledger.PutJSON(t.Context(), s.Ledger, run.TempoKey(pool), tempo.State{}))
	_, err := replicate.Conclude(t.Context(), s, request, 0)
	require.NoError(t, err)
	require.Equal(t, run.Resume, order(t, s))
	_, err = replicate.Begin(t.Context(), s, options("r2"))
	require.NoError(t, err)
}

// Where a worker does not stop in time the lease is left to expire, so that no other run works beside it.
func TestConcludeKeepsTheLeaseWhereAWorkerGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, request := begun(t)
		report, err := replicate.Conclude(t.Context(), s, request, 10*time.Second)
		require.NoError(t, err)
		require.Equal(t, run.StateInterrupted, report.State)
		kept, _, err := ledger.ReadJSON[run.Report](t.Context(), s.Ledger, run.ReportKey("r1"))
		require.NoError(t, err)
		require.Equal(t, report, kept)
		live, err := run.IsLive(t.Context(), s.Ledger, request)
		require.NoError(t, err)
		require.True(t, live)
	})
}

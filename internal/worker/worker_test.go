package worker

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage/prepare"
	"metronome/internal/stage/stagetest"
	"metronome/internal/tempo"
)

var december = period.New(2026, 12)

// fixture is a site whose only pool is a folder of this machine, with a batch of entities and a grant for its worker.
type fixture struct {
	site     *site.Site
	storage  string // the folder that the remote "disk" leads to
	assigned run.Assignment
	entities []entity.Entity
}

func newFixture(t *testing.T, ids ...entity.ID) *fixture {
	t.Helper()
	dir := t.TempDir()
	rclone := filepath.Join(dir, "rclone.conf")
	require.NoError(t, os.WriteFile(rclone, []byte("[disk]\ntype = local\n[dav]\ntype = webdav\nurl = http://127.0.0.1:1\n"), 0o600))
	f := &fixture{
		storage: filepath.Join(dir, "storage"), assigned: run.Assignment{Run: "r1", Pool: "disks", Batch: batch.NewID(0), Worker: "w1"},
		site: site.New(config.Config{
			Rclone: rclone, Beat: config.Beat{Min: time.Second, Max: time.Minute},
			Pools: map[string]config.Pool{"disks": {Provider: "local", RequestsPerSecond: 1000, Burst: 100, MaxWorkers: 2}},
		}, ledger.NewMemory()),
	}
	b := run.Batch{Version: run.Version, Run: "r1", Period: december, Pool: "disks", ID: batch.NewID(0)}
	for _, id := range ids {
		e := entity.Entity{
			ID: id, Name: string(id), Pool: "disks", Account: "disk", Remote: "disk:" + f.storage + "/" + string(id),
			Templates: "standard", Calendar: "US", Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
		}
		f.entities = append(f.entities, e)
		b.Members = append(b.Members, run.Member{Entity: e, Expected: 10})
	}
	require.NoError(t, f.site.Ledger.Put(t.Context(), ledger.TemplateSetKey("standard"), []byte(stagetest.SmallTemplateSet)))
	f.putBatch(t, b)
	f.grant(t, time.Now())
	return f
}

func (f *fixture) putBatch(t *testing.T, b run.Batch) {
	t.Helper()
	require.NoError(t, ledger.PutJSON(t.Context(), f.site.Ledger, run.BatchKey(b.Run, b.Pool, b.ID), b))
}

// grant writes the pool's tempo with the worker's grant, renewed at a moment.
func (f *fixture) grant(t *testing.T, renewed time.Time) {
	t.Helper()
	require.NoError(t, ledger.PutJSON(t.Context(), f.site.Ledger, run.TempoKey("disks"), tempo.State{
		Grants: []tempo.Grant{{Run: "r1", Worker: "w1", Renewed: renewed, Share: tempo.Share{RequestsPerSecond: 1000, Burst: 100}}},
	}))
}

func (f *fixture) revoke(t *testing.T) {
	t.Helper()
	require.NoError(t, ledger.PutJSON(t.Context(), f.site.Ledger, run.TempoKey("disks"), tempo.State{}))
}

func (f *fixture) work(t *testing.T, onEntity func(run.EntityProgress)) run.Progress {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, Work(ctx, context.Background(), f.site, f.assigned, onEntity))
	progress, _, err := ledger.ReadJSON[run.Progress](t.Context(), f.site.Ledger, run.ProgressKey("r1", "disks", batch.NewID(0)))
	require.NoError(t, err)
	require.Equal(t, run.WorkerEnded, progress.State)
	return progress
}

func (f *fixture) uploaded(t *testing.T, id entity.ID) bool {
	t.Helper()
	_, _, err := f.site.Ledger.Get(t.Context(), ledger.ReceiptKey(id, december, receipt.Upload))
	if err != nil {
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
	return err == nil
}

func states(p run.Progress) []run.EntityState {
	var list []run.EntityState
	for _, e := range p.Entities {
		list = append(list, e.State)
	}
	return list
}

func TestWorkerTakesItsBatchThroughAllStages(t *testing.T) {
	f := newFixture(t, "acme", "acme-uk")
	progress := f.work(t, nil)
	require.Equal(t, []run.EntityState{run.EntityDone, run.EntityDone}, states(progress))
	require.True(t, f.uploaded(t, "acme"))
	require.FileExists(t, filepath.Join(f.storage, "acme-uk", "2026", "12 December", "Checklist.xlsx"))
}

// A worker continues only while it has its grant: its share of the rate may be somebody else's afterwards.
func TestWorkerStopsWhereItsGrantIsGone(t *testing.T) {
	f := newFixture(t, "acme", "acme-uk", "acme-us")
	progress := f.work(t, func(e run.EntityProgress) {
		if e.ID == "acme" && e.State == run.EntityDone {
			f.revoke(t)
		}
	})
	require.Equal(t, []run.EntityState{run.EntityDone, run.EntityWaiting, run.EntityWaiting}, states(progress))
	require.False(t, f.uploaded(t, "acme-uk"))
	require.NoDirExists(t, filepath.Join(f.storage, "acme-uk"))
}

func TestWorkerStopsWhereItsGrantWasNotRenewed(t *testing.T) {
	f := newFixture(t, "acme")
	f.grant(t, time.Now().Add(-f.site.Config.Limits("disks").Expiry()))
	progress := f.work(t, nil)
	require.Equal(t, []run.EntityState{run.EntityWaiting}, states(progress))
	require.NoDirExists(t, f.storage)
}

func TestWorkerStopsWhereTheRunWasCancelled(t *testing.T) {
	f := newFixture(t, "acme")
	require.NoError(t, ledger.PutJSON(t.Context(), f.site.Ledger, run.ControlKey("r1"), run.Control{Version: 1, Order: run.Cancel}))
	require.Equal(t, []run.EntityState{run.EntityWaiting}, states(f.work(t, nil)))
}

// On Argo the remotes are known to the upload alone: what the catalog's check would have said is said then, before anything is
// written to the storage, and the batch continues with the next entity.
func TestWorkerChecksRemotesInTheCatalogsWords(t *testing.T) {
	f := newFixture(t, "acme", "acme-uk", "acme-us")
	b, err := f.assigned.ReadBatch(t.Context(), f.site.Ledger)
	require.NoError(t, err)
	b.Members[0].Remote, b.Members[1].Remote = "disc:/x", "dav:x"
	f.putBatch(t, b)
	progress := f.work(t, nil)
	require.Equal(t, []run.EntityState{run.EntityFailed, run.EntityFailed, run.EntityDone}, states(progress))
	require.Equal(t, `remote "disc:/x": no remote "disc" in the rclone configuration`, progress.Entities[0].Error)
	require.Equal(t, `did you mean "disk"?`, progress.Entities[0].Hint)
	require.Equal(t, failure.Data, progress.Entities[0].Class)
	require.Contains(t, progress.Entities[1].Error, `remote "dav" is of type "webdav", by which provider local of pool "disks" is not reached`)
}

// A later attempt continues from the progress of an earlier one, and counts on.
func TestLaterAttemptGoesOn(t *testing.T) {
	f := newFixture(t, "acme", "acme-uk")
	require.NoError(t, ledger.PutJSON(t.Context(), f.site.Ledger, run.ProgressKey("r1", "disks", batch.NewID(0)), run.Progress{
		Version: run.Version, Run: "r1", Pool: "disks", Batch: batch.NewID(0), Worker: "w0", Counts: run.Counts{Requests: 5},
		Entities: []run.EntityProgress{{ID: "acme", State: run.EntityFailed, Error: "no"}, {ID: "acme-uk", State: run.EntityHandedBack, HandBacks: 2}},
	}))
	progress := f.work(t, nil)
	require.Equal(t, []run.EntityState{run.EntityFailed, run.EntityDone}, states(progress))
	require.False(t, f.uploaded(t, "acme"))
	require.GreaterOrEqual(t, progress.Counts.Requests, int64(5))
}

// The moment at which a provider's allowance begins anew reaches the progress document; the latest of several counts.
func TestCapIsRecorded(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	capped := func(until time.Time) error {
		err := failure.New(failure.Cap, "", "", "", "allowance used up")
		err.Until = until
		return err
	}
	w := &worker{progress: run.Progress{Entities: make([]run.EntityProgress, 4)}}
	for i, err := range []error{
		capped(at), capped(at.Add(-time.Hour)), failure.New(failure.Permanent, "", "", "", "no"), nil,
	} {
		w.recordOutcome(prepare.Outcome{Index: i, Stage: receipt.Upload, Err: err})
		require.Equal(t, at, w.progress.CapResetsAt)
	}
	require.Equal(t, []run.EntityState{run.EntityParked, run.EntityParked, run.EntityFailed, run.EntityDone}, states(w.progress))
}

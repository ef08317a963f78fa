package local

import (
	"context"
	"io"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/process"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage/stagetest"
	"metronome/internal/tempo"
)

var december = period.New(2026, 12)

// watcher notes what it is told.
type watcher struct {
	mu       sync.Mutex
	grouped  run.Request
	pools    int // that have had their first beat
	entities map[entity.ID]run.EntityState
	started  chan struct{} // closed when every pool has a worker
}

func newWatcher() *watcher {
	return &watcher{entities: map[entity.ID]run.EntityState{}, started: make(chan struct{})}
}

func (w *watcher) Begin(request run.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.grouped = request
}

func (w *watcher) Beat(_ string, b run.Beat) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b.Number == 1 && len(b.Decision.Start) > 0 {
		if w.pools++; w.pools == max(1, len(w.grouped.Pools)) {
			close(w.started)
		}
	}
}

func (w *watcher) Entity(_ string, e run.EntityProgress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entities[e.ID] = e.State
}

func newRunner(t *testing.T, deed string) (*Runner, *watcher) {
	t.Helper()
	url := ledger.DirectoryURL(t.TempDir())
	l, err := ledger.Open(t.Context(), url)
	require.NoError(t, err)
	var entities []entity.Entity
	pools := map[entity.ID]string{"acme": "box", "acme-uk": "box", "acme-us": "box"}
	if deed == afterTheOtherPool {
		pools["acme-us"] = laterPool
	}
	for _, id := range []entity.ID{"acme", "acme-uk", "acme-us"} {
		entities = append(entities, entity.Entity{
			ID: id, Name: string(id), Pool: pools[id], Account: string(id), Remote: "box:Close/" + string(id),
			Templates: "standard", Calendar: "US", Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
		})
	}
	require.NoError(t, l.Put(t.Context(), ledger.EntitiesKey, catalog.Encode(entities)))
	require.NoError(t, l.Put(t.Context(), ledger.TemplateSetKey("standard"), []byte(stagetest.SmallTemplateSet)))
	seen := newWatcher()
	return &Runner{
		Site: site.New(config.Config{
			Pools: map[string]config.Pool{
				"box":     {Provider: "box", RequestsPerSecond: 100, Burst: 20, MaxWorkers: 2},
				laterPool: {Provider: "drive", RequestsPerSecond: 100, Burst: 20, MaxWorkers: 2},
			},
			Batch: config.Batch{Target: 100 * time.Millisecond}, Beat: config.Beat{Min: 10 * time.Millisecond, Max: time.Second},
		}, l),
		Command: workerCommand(url, deed), Watcher: seen, Logs: io.Discard,
	}, seen
}

func TestRunBeatsUntilEveryEntityIsDone(t *testing.T) {
	t.Parallel()
	r, seen := newRunner(t, finish)
	report, err := r.Run(t.Context(), t.Context(), december, run.Selection{})
	require.NoError(t, err)
	require.Equal(t, run.StateDone, report.State)
	require.Equal(t, run.Tally{Total: 3, Done: 3}, report.Entities)
	require.Equal(t, 3, seen.grouped.Total)
	require.Equal(t, map[entity.ID]run.EntityState{
		"acme": run.EntityDone, "acme-uk": run.EntityDone, "acme-us": run.EntityDone,
	}, seen.entities)
	live, err := run.IsLive(t.Context(), r.Site.Ledger, seen.grouped)
	require.NoError(t, err)
	require.False(t, live, "the lease is released")
}

// runAndStop runs the period and stops the run once every pool has a worker.
func runAndStop(t *testing.T, deed string) (*Runner, run.ID) {
	t.Helper()
	r, seen := newRunner(t, deed)
	stop, cancel := context.WithCancel(t.Context())
	go func() {
		<-seen.started
		cancel()
	}()
	report, err := r.Run(t.Context(), stop, december, run.Selection{})
	require.NoError(t, err)
	require.Equal(t, run.StateInterrupted, report.State)
	return r, report.Run
}

// A person's stop reaches every worker, the grants are given back, and the report says what is left.
func TestStopEndsWorkersAndReports(t *testing.T) {
	t.Parallel()
	r, _ := runAndStop(t, untilStop)
	state, _, err := ledger.ReadJSON[tempo.State](t.Context(), r.Site.Ledger, run.TempoKey("box"))
	require.NoError(t, err)
	require.Empty(t, state.Grants)
}

// Pools stop one by one: the first one that has stopped does not end the others' workers at once.
func TestStoppedPoolLeavesTheOthersTheirTime(t *testing.T) {
	t.Parallel()
	r, id := runAndStop(t, afterTheOtherPool)
	for _, pool := range []string{"box", laterPool} {
		state, _, err := ledger.ReadJSON[tempo.State](t.Context(), r.Site.Ledger, run.TempoKey(pool))
		require.NoError(t, err)
		require.Empty(t, state.Grants, pool)
		progress, err := run.ReadProgress(t.Context(), r.Site.Ledger, id, pool, nil)
		require.NoError(t, err)
		require.NotEmpty(t, progress, "the workers of %s could say what is left", pool)
	}
}

// Workers that end without a word are started again a few times; then their batches are given up, and the run ends.
func TestCrashingWorkersEndAsFailures(t *testing.T) {
	t.Parallel()
	r, _ := newRunner(t, crash)
	report, err := r.Run(t.Context(), t.Context(), december, run.Selection{})
	require.NoError(t, err)
	require.Equal(t, run.StateFailed, report.State)
	require.Equal(t, 3, report.Entities.Failed)
	require.Contains(t, report.Failures[0].Error, "workers of batch")
}

func TestRunEndsWhereItsLeaseIsLost(t *testing.T) {
	t.Parallel()
	r, seen := newRunner(t, untilStop)
	claim := run.LeaseClaim{Period: december, Run: "r1", Holder: process.Self(), Life: 300 * time.Millisecond}
	_, err := claim.Acquire(t.Context(), r.Site.Ledger)
	require.NoError(t, err)
	request := run.Request{Version: run.Version, Run: "r1", Period: december, Pools: []run.Pool{{Name: "box", Batches: 1}}}
	require.NoError(t, ledger.PutJSON(t.Context(), r.Site.Ledger, run.BatchKey("r1", "box", batch.NewID(0)), run.Batch{
		Version: run.Version, Run: "r1", Period: december, Pool: "box", ID: batch.NewID(0), Accounts: []string{"a"}, Requests: 10,
		Members: []run.Member{{Entity: entity.Entity{ID: "acme"}, Expected: 10}},
	}))
	go func() {
		<-seen.started
		_ = ledger.PutJSON(context.WithoutCancel(t.Context()), r.Site.Ledger, run.LeaseKey(december),
			run.Lease{Version: run.Version, Run: "another", Expires: time.Now().Add(time.Hour)})
	}()
	err = r.paceAll(t.Context(), t.Context(), claim, request)
	require.ErrorIs(t, err, run.ErrLeaseLost)
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	r, _ := newRunner(t, untilStop)
	p := newProcesses(func(a run.Assignment) *exec.Cmd { return r.Command(a) }, func(run.EntityProgress) {}, io.Discard)
	require.NoError(t, ledger.PutJSON(t.Context(), r.Site.Ledger, run.BatchKey("r1", "box", batch.NewID(0)), run.Batch{Version: 1}))
	a := run.Assignment{Run: "r1", Pool: "box", Batch: batch.NewID(0), Worker: "w1"}
	require.NoError(t, p.Start(t.Context(), a))
	require.NoError(t, p.Start(t.Context(), a), "started already")
	live, err := p.Live(t.Context(), "r1", "box")
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"w1": true}, live)
	p.stop()
	p.wait()
	<-p.ended
	live, err = p.Live(t.Context(), "r1", "box")
	require.NoError(t, err)
	require.Empty(t, live)
}

func TestOrphansOfAVanishedRunAreWaitedFor(t *testing.T) {
	t.Parallel()
	l, self := ledger.NewMemory(), process.Self()
	gone := self
	gone.PID = 1 << 30
	put := func(b batch.ID, holder tempo.Holder, state run.WorkerState) {
		require.NoError(t, ledger.PutJSON(t.Context(), l, run.ProgressKey("r1", "box", b),
			run.Progress{Version: run.Version, Batch: b, Holder: holder, State: state}))
	}
	put(batch.NewID(0), gone, run.WorkerRunning)
	put(batch.NewID(1), self, run.WorkerEnded)
	put(batch.NewID(2), tempo.Holder{Host: "another machine", PID: 1}, run.WorkerRunning)
	require.NoError(t, waitForOrphans(t.Context(), l, "r1", self))

	put(batch.NewID(3), self, run.WorkerRunning) // this very process: it lives
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, waitForOrphans(ctx, l, "r1", self), context.Canceled)
}

// Batches are prepared ahead of their workers only as far as the window allows, and none that has a worker.
func TestBatchesArePreparedWithinTheWindow(t *testing.T) {
	t.Parallel()
	w := newWindow()
	w.move(2, 3)
	for _, want := range []int{2, 3, 4} {
		got, more := w.take(9)
		require.True(t, more)
		require.Equal(t, want, got)
	}
	taken := make(chan int)
	go func() {
		got, _ := w.take(9)
		taken <- got
	}()
	w.move(6, 1)
	require.Equal(t, 6, <-taken, "those that have workers are passed over")
	w.close()
	_, more := w.take(9)
	require.False(t, more)
}

func TestPreparedBatchesHaveTheirReceipts(t *testing.T) {
	t.Parallel()
	r, seen := newRunner(t, untilStop)
	stop, cancel := context.WithCancel(t.Context())
	prepared := func() bool {
		_, _, err := r.Site.Ledger.Get(t.Context(), ledger.ReceiptKey("acme-us", december, receipt.Templates))
		return err == nil
	}
	go func() {
		<-seen.started
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for deadline := time.Now().Add(20 * time.Second); !prepared() && time.Now().Before(deadline); {
			<-ticker.C
		}
		cancel()
	}()
	_, err := r.Run(t.Context(), stop, december, run.Selection{})
	require.NoError(t, err)
	require.True(t, prepared())
}

func TestOnlyTransientErrorsOfABeatAreRetried(t *testing.T) {
	t.Parallel()
	for class, want := range map[failure.Class]bool{
		failure.Overload: true, failure.Throttled: true, failure.Contention: false, failure.Config: false, failure.Data: false,
	} {
		require.Equal(t, want, isTransient(failure.New(class, "", "", "", "x")), class)
	}
}

//go:build real

// Package real replicates a period for the 503 companies of the S&P 500, through WebDAV and S3 in one run, and groups a
// catalog of a million entities. It needs the customer list in ../shared/data; nothing else in the repository does.
package real

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	settings "metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/test/installation"
	"metronome/test/simulator"
)

func TestMain(m *testing.M) {
	code := m.Run()
	installation.Clean()
	os.Exit(code)
}

const config = `pools:
  dav: {provider: webdav, requestsPerSecond: 150, burst: 40, maxWorkers: 4}
  s3: {provider: s3, requestsPerSecond: 200, burst: 80, maxWorkers: 4}
batch: {target: 15s}
beat: {min: 500ms, max: 5s}
`

const profile = `seed: 503
providers:
  - name: dav
    kind: webdav
    limits: [{requestsPerSecond: 150, burst: 60}]
    latency: {p50: 8ms, p99: 60ms}
  - name: s3
    kind: s3
    accounts: {segment: 2}
    s3: {buckets: [close]}
    limits: [{requestsPerSecond: 200, burst: 100}]
    latency: {p50: 8ms, p99: 60ms}
`

// companies imports the customer list with the CLI, half to each pool.
func companies(t *testing.T) []entity.Entity {
	t.Helper()
	root, err := installation.Root()
	require.NoError(t, err)
	list := filepath.Join(root, "..", "shared", "data", "sp500-constituents.csv")
	out, err := exec.Command(installation.Program(t), "catalog", "import", "--print", "--csv", list, "--pool", "dav", "--pool", "s3",
		"--remote", "{pool}:close/{name}/Close", "--timezone", "America/New_York").Output()
	require.NoError(t, err)
	known := catalog.KnownNames{Pools: map[string]settings.Pool{"dav": {}, "s3": {}}, Templates: []string{"standard"}, Calendars: []string{"US"}}
	parsed, err := catalog.Parse("imported", out, known)
	require.NoError(t, err)
	require.Len(t, parsed.Entities, 503)
	return parsed.Entities
}

func TestRealCompanies(t *testing.T) {
	p := period.New(2026, 12)
	parsed, err := simulator.Parse("profile", []byte(profile))
	require.NoError(t, err)
	root, err := installation.Root()
	require.NoError(t, err)
	templates, err := os.ReadFile(filepath.Join(root, "test", "demo", "standard.yaml"))
	require.NoError(t, err)
	i := installation.New(t, installation.Spec{Profile: parsed, Config: config, Templates: templates, Entities: companies(t)})

	command := i.Command(t.Context(), t, "run", "--period", p.String(), "--output", "json")
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, os.Stderr
	require.NoError(t, command.Start())
	memory := watchMemory(command.Process.Pid)
	require.NoError(t, command.Wait())
	ofRun, ofWorker := memory()

	var report run.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &report))
	require.Equal(t, run.Tally{Total: 503, Done: 503}, report.Entities)
	require.Empty(t, report.Failures)
	i.RequireReplicated(t, p)
	t.Logf("peak memory: run %d MB, worker %d MB", ofRun>>10, ofWorker>>10)
	for _, pool := range i.Simulator.Providers() {
		counts := i.Simulator.Counts(pool)
		require.Zero(t, counts.Overwrites, pool)
		require.Zero(t, counts.Deletes, pool)
		require.Empty(t, counts.Exceeded(), pool)
		reported := report.Pools[pool]
		require.EqualValues(t, counts.Requests, reported.Requests, "requests counted by the provider and by us, %s", pool)
		t.Logf("%s: %d requests, %d throttled, %.1f s; the quota alone needs %.1f s: %.0f %%", pool, counts.Requests,
			counts.Outcomes[simulator.Throttled], reported.Seconds, reported.LimitSeconds, 100*reported.Utilization)
	}

	again := i.Metronome(t, "run", "--period", p.String(), "--output", "json")
	require.Zero(t, again.ExitCode, again.Err)
	require.Equal(t, run.Tally{Total: 503, Skipped: 503}, again.Report.Entities)
}

// watchMemory samples the peak resident memory (KiB) of a run and of its largest worker until the returned function is called.
func watchMemory(pid int) func() (ofRun, ofWorker int) {
	var mu sync.Mutex
	var ofRun, ofWorker int
	ticker := time.NewTicker(50 * time.Millisecond)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			mu.Lock()
			ofRun = max(ofRun, peakMemory(pid))
			for _, child := range installation.Children(pid) {
				ofWorker = max(ofWorker, peakMemory(child))
			}
			mu.Unlock()
		}
	}()
	return func() (int, int) {
		ticker.Stop()
		close(done)
		mu.Lock()
		defer mu.Unlock()
		return ofRun, ofWorker
	}
}

// peakMemory reads VmHWM of a process in KiB; 0 once it has ended.
func peakMemory(pid int) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, _ := strconv.Atoi(strings.Fields(value)[0])
			return kib
		}
	}
	return 0
}

// TestRealMillion groups a million entities with `metronome plan`.
func TestRealMillion(t *testing.T) {
	parsed, err := simulator.Parse("profile", []byte("providers: [{name: dav, kind: webdav}]"))
	require.NoError(t, err)
	root, err := installation.Root()
	require.NoError(t, err)
	templates, err := os.ReadFile(filepath.Join(root, "test", "demo", "standard.yaml"))
	require.NoError(t, err)
	var pools strings.Builder
	pools.WriteString("pools:\n")
	for n := range 20 {
		fmt.Fprintf(&pools, "  pool%02d: {provider: webdav, requestsPerSecond: 100, burst: 20, maxWorkers: 10}\n", n)
	}
	i := installation.New(t, installation.Spec{Profile: parsed, Config: pools.String(), Templates: templates})
	entities := make([]entity.Entity, 1_000_000)
	for n := range entities {
		entities[n] = entity.Entity{
			ID: entity.ID(fmt.Sprintf("company-%07d", n)), Name: fmt.Sprintf("Company %d, Inc.", n), Pool: fmt.Sprintf("pool%02d", n%20),
			Account: fmt.Sprintf("account-%05d", n/40), Remote: fmt.Sprintf("dav:account-%05d/Company %d/Close", n/40, n),
			Templates: "standard", Calendar: "US", Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
		}
	}
	require.NoError(t, i.Ledger.Put(t.Context(), ledger.EntitiesKey, catalog.Encode(entities)))

	command := i.Command(t.Context(), t, "plan", "--period", "2026-12")
	var errs bytes.Buffer
	command.Stderr = &errs
	started := time.Now()
	out, err := command.Output()
	took := time.Since(started)
	require.NoError(t, err, errs.String())
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	work := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	t.Logf("a million entities grouped in %.1f s (%.1f s of processor time) with %d MB:\n%s",
		took.Seconds(), work.Seconds(), usage.Maxrss>>10, out)
	require.Less(t, work, 10*time.Second, "processor time: unlike the clock it does not depend on what else the machine does")
	require.Less(t, usage.Maxrss>>10, int64(1536), "MB")
}

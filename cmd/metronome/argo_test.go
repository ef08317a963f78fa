//go:build !standalone

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/argo/operator"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/ui"
	"metronome/test/argoserver"
)

var december = period.New(2026, 12)

// runCLI runs the CLI, requires its exit code, and returns standard output and standard error.
func runCLI(t *testing.T, exit int, args ...string) (out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := execute(args, strings.NewReader(""), &stdout, &stderr)
	require.Equal(t, exit, code, "%s\n%s", stdout.String(), stderr.String())
	return stdout.String(), stderr.String()
}

// withLedger makes an installation with an empty ledger and the pool box.
func withLedger(t *testing.T) ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "metronome.yaml")
	text := "ledger: file:ledger\nrclone: rclone.conf\npools:\n  box: {provider: box, requestsPerSecond: 10, burst: 4}\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	t.Setenv("METRONOME_CONFIG", path)
	l, err := ledger.Open(t.Context(), ledger.DirectoryURL(filepath.Join(dir, "ledger")))
	require.NoError(t, err)
	return l
}

// withoutArgo makes Argo unreachable.
func withoutArgo(t *testing.T) {
	t.Helper()
	t.Setenv("ARGO_SERVER", "")
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	t.Setenv("HOME", t.TempDir())
}

// liveRun writes a run that holds its period's lease.
func liveRun(t *testing.T, l ledger.Ledger, id run.ID, expires time.Time) {
	t.Helper()
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.RequestKey(id), run.Request{
		Version: run.Version, Run: id, Period: december, Created: time.Now().UTC(), Total: 3,
		Selection: run.Selection{Pools: []string{"box"}},
		Pools:     []run.Pool{{Name: "box", Entities: 3, Batches: 1}},
	}))
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.LeaseKey(december), run.Lease{
		Version: run.Version, Run: id, Expires: expires,
	}))
}

func TestSubmitPrintsTheName(t *testing.T) {
	server := argoserver.Start(t)
	out, errs := runCLI(t, 0, "submit", "--period", "2026-12", "--only", "acme-us,acme-uk")
	name := strings.TrimSpace(out)
	require.Regexp(t, `^2026-12-\d{8}t\d{6}z-[0-9a-f]{4}$`, name)
	require.Contains(t, errs, "metronome status "+name)
	require.Equal(t, `["acme-us","acme-uk"]`, server.Argument(t, name, "entities"))

	out, _ = runCLI(t, 0, "submit", "--period", "2027-01", "--output", "json")
	var started operator.Run
	require.NoError(t, json.Unmarshal([]byte(out), &started))
	require.Equal(t, "2027-01", started.Period)
}

func TestSubmitErrors(t *testing.T) {
	argoserver.Start(t)
	_, errs := runCLI(t, 78, "submit")
	require.Contains(t, errs, "Try: name the month")
	t.Setenv("ARGO_TOKEN", "Bearer stolen")
	_, errs = runCLI(t, 78, "submit", "--period", "2026-12")
	require.Contains(t, errs, "Try: use credentials")
	withoutArgo(t)
	_, errs = runCLI(t, 78, "submit", "--period", "2026-12")
	require.Contains(t, errs, "set KUBECONFIG or ARGO_SERVER")
}

func TestWatchReturnsTheRunsExitCode(t *testing.T) {
	for _, one := range []struct {
		phase string
		state string
		exit  int
	}{{"Succeeded", "done", 0}, {"Failed", "failed", 3}, {"Failed", "interrupted", 75}, {"Error", "", 1}} {
		t.Run(one.phase+" "+one.state, func(t *testing.T) {
			server := argoserver.Start(t)
			code := make(chan int)
			var out, errs bytes.Buffer
			go func() {
				code <- execute([]string{"submit", "--period", "2026-12", "--watch", "--output", "json"}, strings.NewReader(""), &out, &errs)
			}()
			require.Eventually(t, func() bool { return len(server.Names(t)) == 1 }, time.Minute, 10*time.Millisecond)
			server.End(t, server.Names(t)[0], one.phase, one.state, "the summary")
			require.Equal(t, one.exit, <-code)
			require.Contains(t, errs.String(), "pending")
			var ended operator.Run
			require.NoError(t, json.Unmarshal(out.Bytes(), &ended))
			require.Equal(t, "the summary", ended.Summary)
		})
	}
}

func TestStatusReadsBothSources(t *testing.T) {
	server := argoserver.Start(t)
	l := withLedger(t)
	_, _ = runCLI(t, 0, "submit", "--period", "2026-11")
	liveRun(t, l, "r1", time.Now().Add(time.Minute))
	name := server.Names(t)[0]

	out, _ := runCLI(t, 0, "status", "--output", "json")
	var all struct{ Runs []ui.ListedRun }
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Len(t, all.Runs, 2)
	table, _ := runCLI(t, 0, "status")
	require.Contains(t, table, "r1")
	require.Contains(t, table, "running")

	out, _ = runCLI(t, 0, "status", "r1", "--output", "json")
	var one runDetail
	require.NoError(t, json.Unmarshal([]byte(out), &one))
	require.Equal(t, "running", one.State)
	require.Nil(t, one.Workflow)
	require.Equal(t, 3, one.Ledger.Entities.Total)
	out, _ = runCLI(t, 0, "status", "r1")
	require.Contains(t, out, "3 to do")

	out, _ = runCLI(t, 0, "status", name, "--output", "json")
	one = runDetail{}
	require.NoError(t, json.Unmarshal([]byte(out), &one))
	require.Equal(t, "pending", one.State)
	require.Nil(t, one.Ledger)
	out, _ = runCLI(t, 0, "status", name)
	require.Contains(t, out, "Workflow metronome/"+name+": pending, 0 workers running")
}

func TestStatusWithOneSource(t *testing.T) {
	argoserver.Start(t)
	t.Setenv("METRONOME_CONFIG", filepath.Join(t.TempDir(), "none.yaml"))
	_, errs := runCLI(t, 0, "status")
	require.Contains(t, errs, "The ledger cannot be reached")

	l := withLedger(t)
	withoutArgo(t)
	liveRun(t, l, "r1", time.Time{})
	out, errs := runCLI(t, 0, "status", "r1")
	require.Empty(t, errs)
	require.Contains(t, out, "Run r1: interrupted")
	_, errs = runCLI(t, 78, "status", "unknown")
	require.Contains(t, errs, "no such run")

	t.Setenv("METRONOME_CONFIG", filepath.Join(t.TempDir(), "none.yaml"))
	_, errs = runCLI(t, 78, "status")
	require.Contains(t, errs, "neither the ledger nor Argo can be reached")
}

func TestRetryRepeatsTheRequest(t *testing.T) {
	server := argoserver.Start(t)
	l := withLedger(t)
	liveRun(t, l, "r1", time.Now().Add(time.Minute))
	_, errs := runCLI(t, 75, "retry", "r1")
	require.Contains(t, errs, "still running")

	liveRun(t, l, "r1", time.Time{})
	out, _ := runCLI(t, 0, "retry", "r1", "--output", "json")
	var started operator.Run
	require.NoError(t, json.Unmarshal([]byte(out), &started))
	require.Equal(t, "r1", started.RetryOf)
	require.Equal(t, []string{"box"}, started.Selection.Pools)

	// Without the ledger, the request is read from the Workflow.
	t.Setenv("METRONOME_CONFIG", filepath.Join(t.TempDir(), "none.yaml"))
	_, errs = runCLI(t, 75, "retry", started.Name)
	require.Contains(t, errs, "still running")
	server.End(t, started.Name, "Failed", "failed", "")
	out, _ = runCLI(t, 0, "retry", started.Name, "--output", "json")
	var again operator.Run
	require.NoError(t, json.Unmarshal([]byte(out), &again))
	require.Equal(t, started.Name, again.RetryOf)
	require.Equal(t, []string{"box"}, again.Selection.Pools)

	withLedger(t)
	_, errs = runCLI(t, 78, "retry", "unknown")
	require.Contains(t, errs, "no such run")
}

func TestRetryWithoutArgoNamesTheLocalCommand(t *testing.T) {
	l := withLedger(t)
	withoutArgo(t)
	liveRun(t, l, "r1", time.Time{})
	_, errs := runCLI(t, 78, "retry", "r1")
	require.Contains(t, errs, "metronome run --period 2026-12")
}

func TestPauseResumeCancel(t *testing.T) {
	l := withLedger(t)
	liveRun(t, l, "r1", time.Now().Add(time.Minute))
	order := func() run.Order {
		current, err := run.ReadControl(t.Context(), l, "r1")
		require.NoError(t, err)
		return current.Order
	}
	out, _ := runCLI(t, 0, "pause", "r1")
	require.Contains(t, out, "metronome resume r1")
	require.Equal(t, run.Pause, order())
	out, _ = runCLI(t, 0, "resume", "r1", "--output", "json")
	require.Contains(t, out, `"run": "r1"`)
	require.Equal(t, run.Resume, order())
	_, _ = runCLI(t, 0, "cancel", "r1")
	require.Equal(t, run.Cancel, order())
	_, errs := runCLI(t, 78, "resume", "r1")
	require.Contains(t, errs, "was cancelled")
	require.Contains(t, errs, "metronome retry r1")

	status, err := run.ReadStatus(t.Context(), l, "r1", func(string) float64 { return 0 })
	require.NoError(t, err)
	require.Equal(t, run.StateCancelling, status.State)

	_, errs = runCLI(t, 78, "cancel", "unknown")
	require.Contains(t, errs, "no such run")
	liveRun(t, l, "r2", time.Time{})
	_, errs = runCLI(t, 78, "pause", "r2")
	require.Contains(t, errs, "the run has ended")
}

func TestTempo(t *testing.T) {
	l := withLedger(t)
	out, _ := runCLI(t, 0, "tempo", "show", "box")
	require.Equal(t, "Pool box: 10 requests/s configured\n", out)
	out, _ = runCLI(t, 0, "tempo", "set", "box", "--requests-per-second", "6")
	require.Contains(t, out, "; 6 set by ")
	set, err := run.ReadPoolLimits(t.Context(), l, "box")
	require.NoError(t, err)
	require.InDelta(t, 6, set.RequestsPerSecond, 0)
	out, _ = runCLI(t, 0, "tempo", "reset", "box", "--output", "json")
	var shown ui.PoolTempo
	require.NoError(t, json.Unmarshal([]byte(out), &shown))
	require.Zero(t, shown.Override.RequestsPerSecond)
	require.InDelta(t, 10, shown.Configured, 0)

	_, errs := runCLI(t, 78, "tempo", "set", "box")
	require.Contains(t, errs, "metronome tempo reset box")
	_, errs = runCLI(t, 78, "tempo", "show", "dropbox")
	require.Contains(t, errs, "no such pool")
}

// What a provider or a customer's file name brings along, reaches no terminal as it is: neither as text nor as JSON, and neither
// from a ledger that an earlier program wrote.
func TestTextsFromElsewhereAreShownEscaped(t *testing.T) {
	withoutArgo(t)
	l := withLedger(t)
	liveRun(t, l, "r1", time.Time{})
	hostile := "503 \x1b[2J\x07\r\u202eexe.pdf"
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.ProgressKey("r1", "box", "b0000000"), run.Progress{
		Version: run.Version, Run: "r1", Pool: "box", Batch: "b0000000", State: run.WorkerEnded,
		Entities: []run.EntityProgress{{ID: "acme", State: run.EntityFailed, Error: hostile, Hint: hostile}},
	}))
	for _, args := range [][]string{{"report", "r1"}, {"report", "r1", "--output", "json"}, {"status", "r1"}} {
		out, errs := runCLI(t, 0, args...)
		require.Contains(t, out, `\u202eexe.pdf`, args)
		require.NotContains(t, out+errs, "\u202e")
		require.NotContains(t, out+errs, "\x1b")
		require.NotContains(t, out+errs, "\r")
	}
	_, errs := runCLI(t, 78, "report", hostile)
	require.NotContains(t, errs, "\x1b")
}

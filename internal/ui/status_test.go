package ui_test

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/tempo"
	"metronome/internal/ui"
)

var liveRun = run.Status{
	Run: runID, Period: period.New(2026, 12), State: run.StateRunning,
	Entities: run.Tally{Total: 3215, Done: 1190, Skipped: 12, Failed: 1, Parked: 8},
	Pools: []run.PoolStatus{
		{
			Name: "onedrive", Entities: 3200, Finished: 1190, Workers: 12, Rate: 100.25, Requests: 108342, Throttled: 12, Beats: 48,
			ExpectedEnd: morning.Add(2 * time.Hour), Reason: "rate 100.2/s: the window was clean",
		},
		{Name: "s3", Entities: 1, Finished: 1, Requests: 9, Beats: 3, Done: true, ExpectedEnd: morning},
	},
	Failures: []run.Failure{{Entity: "acme-us", Stage: receipt.Upload, Class: failure.Permanent, Error: "access denied"}},
	Stale:    []run.StaleEntity{{Entity: "initech", Items: []string{"1000"}}},
}

const liveTable = `Period 2026-12
3215 entities: 1190 done, 12 done before, 1 failed, 8 parked, 2004 to do

pool       finished  requests  throttled   rate  workers  beats  expected end
onedrive  1190/3200    108342         12  100.2       12     48  Dec  1 08:00
s3              1/1         9          0    0.0        0      3  -
`

func TestPrintRunDetail(t *testing.T) {
	t.Parallel()
	ended := liveRun
	ended.State = run.StateInterrupted
	workflow := ui.Workflow{
		Namespace: "metronome", Name: runID, Phase: "Running", Workers: 1, Message: "waiting",
		Pools: []ui.WorkflowPool{
			{Name: "onedrive", Workflow: runID + "-onedrive", Phase: "Running"},
			{Name: "s3", Workflow: runID + "-s3", Phase: "Failed", Message: "child failed"},
		},
	}
	workflowText := `
Workflow metronome/2026-12-20261201t060000z-1f3a: running, 1 worker running
waiting
  onedrive: running (2026-12-20261201t060000z-1f3a-onedrive)
  s3: failed (2026-12-20261201t060000z-1f3a-s3) child failed
`
	for name, one := range map[string]struct {
		detail   ui.RunDetail
		expected string
	}{
		"live": {ui.RunDetail{Run: runID, State: "running", Ledger: &liveRun, Workflow: &workflow}, `
Run 2026-12-20261201t060000z-1f3a: running
` + liveTable + `
onedrive: rate 100.2/s: the window was clean
Failed: acme-us in upload (permanent): access denied
Stale workbooks, openings changed since: initech (1000)
` + workflowText},
		"ended": {ui.RunDetail{Run: runID, State: "interrupted", Ledger: &ended}, `
Run 2026-12-20261201t060000z-1f3a: interrupted
` + liveTable + `Failed: acme-us in upload (permanent): access denied
Stale workbooks, openings changed since: initech (1000)
`},
		"known to Argo only": {ui.RunDetail{Run: runID, State: "running", Workflow: &workflow},
			"Run 2026-12-20261201t060000z-1f3a: running\n" + workflowText},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireOutput(t, one.expected, func(out io.Writer) { ui.PrintRunDetail(out, one.detail) })
		})
	}
}

func TestWorkflowLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, "r1: pending", ui.WorkflowLine(ui.Workflow{Name: "r1", Phase: "Pending"}))
	require.Equal(t, "r1: running, box pending, s3 succeeded, 2 workers", ui.WorkflowLine(ui.Workflow{
		Name: "r1", Phase: "Running", Workers: 2, Pools: []ui.WorkflowPool{{Name: "box"}, {Name: "s3", Phase: "Succeeded"}},
	}))
}

func TestPrintRuns(t *testing.T) {
	t.Parallel()
	requireOutput(t, "There are no runs.\n", func(out io.Writer) { ui.PrintRuns(out, nil) })
	requireOutput(t, `
run                            period   state        started
2026-12-20261201t060000z-1f3a  2026-12  running      2026-12-01 06:00:00
r1                             2026-11  interrupted  2026-11-01 06:00:00
`, func(out io.Writer) {
		ui.PrintRuns(out, []ui.ListedRun{
			{Run: runID, Period: "2026-12", State: "running", Started: morning},
			{Run: "r1", Period: "2026-11", State: "interrupted", Started: morning.AddDate(0, -1, 0)},
		})
	})
}

func TestPrintTempo(t *testing.T) {
	t.Parallel()
	requireOutput(t, "Pool box: no limit configured; the rate is found while running\n", func(out io.Writer) {
		ui.PrintTempo(out, ui.PoolTempo{Pool: "box"})
	})
	requireOutput(t, `
Pool box: 10 requests/s configured; 6.5 set by anna@mac on 2026-12-01 06:00:00
Rate at the last beat: 6.4 requests/s, 0.25 s per request, 2 workers in 1 run
  r1-box-0001-1: 3.20 requests/s until about 06:10:00
  r1-box-0002-1: 3.20 requests/s until about 06:20:00
`, func(out io.Writer) {
		ui.PrintTempo(out, ui.PoolTempo{
			Pool: "box", Configured: 10, Override: run.PoolLimits{RequestsPerSecond: 6.5, At: morning, By: "anna@mac"},
			State: tempo.State{
				Rate: 6.4, SecondsPerRequest: 0.25, Demands: map[string]tempo.Demand{"r1": {}},
				Grants: []tempo.Grant{
					{Worker: "r1-box-0001-1", Share: tempo.Share{RequestsPerSecond: 3.2}, Ends: morning.Add(10 * time.Minute)},
					{Worker: "r1-box-0002-1", Share: tempo.Share{RequestsPerSecond: 3.2}, Ends: morning.Add(20 * time.Minute)},
				},
			},
		})
	})
}

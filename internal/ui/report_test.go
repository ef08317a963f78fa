package ui_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/ui"
)

func TestPrintReport(t *testing.T) {
	t.Parallel()
	december := period.New(2026, 12)
	box := run.PoolReport{
		Entities: 6, Requests: 342, Throttled: 3, Seconds: 9.62, LimitSeconds: 5.7, Utilization: 0.592, WorkersPeak: 4,
	}
	for name, one := range map[string]struct {
		report   run.Report
		expected string
	}{
		"done": {run.Report{
			Run: runID, Period: december, State: run.StateDone, Entities: run.Tally{Total: 20, Done: 18, Skipped: 2},
			Pools: map[string]run.PoolReport{"onedrive": {Entities: 14, Requests: 12855, Seconds: 1200}, "box": box},
		}, `
Period 2026-12: everything is done

pool      entities  requests  throttled  seconds  at quota  used  workers
box              6       342          3      9.6       5.7  59 %        4
onedrive        14     12855          0   1200.0         -     -        0

20 entities: 18 done, 2 done before, 0 failed, 0 parked
Report: runs/2026-12-20261201t060000z-1f3a/report.json in the ledger
`},
		"failed and parked": {run.Report{
			Run: runID, Period: december, State: run.StateFailed, Entities: run.Tally{Total: 6, Done: 1, Failed: 2, Parked: 3},
			Pools: map[string]run.PoolReport{"box": box},
			Failures: []run.Failure{
				{Entity: "acme-uk", Class: failure.Contention, Error: "its worker vanished"},
				{Entity: "acme-us", Stage: receipt.Upload, Class: failure.Permanent, Error: "access denied", Hint: "share the folder"},
			},
			Parking: []run.Parking{
				{Pool: "box", Entities: 2, Until: "2026-12-02T00:00:00Z", Reason: "day budget used up"},
				{Pool: "box", Entities: 1, Reason: "larger than the whole budget"},
			},
		}, `
Period 2026-12: some entities failed; the others are done

pool  entities  requests  throttled  seconds  at quota  used  workers
box          6       342          3      9.6       5.7  59 %        4

6 entities: 1 done, 0 done before, 2 failed, 3 parked
Parked: 2 entities of box until 2026-12-02T00:00:00Z: day budget used up
Parked: 1 entity of box until the budget is raised: larger than the whole budget
Failed: acme-uk in no stage (contention): its worker vanished
Failed: acme-us in upload (permanent): access denied
   Try: share the folder
Report: runs/2026-12-20261201t060000z-1f3a/report.json in the ledger
`},
		"stale": {run.Report{
			Run: runID, Period: december, State: run.StateDone, Entities: run.Tally{Total: 3, Skipped: 3},
			Stale: []run.StaleEntity{
				{Entity: "acme-uk", Error: "reconciliations.json: decode document"}, {Entity: "acme-us", Items: []string{"1000", "2100"}},
			},
		}, `
Period 2026-12: everything was done before; nothing to do

3 entities: 0 done, 3 done before, 0 failed, 0 parked
Not compared: opening balances of acme-uk: reconciliations.json: decode document
Stale workbooks, openings changed since: acme-us (1000, 2100)
Report: runs/2026-12-20261201t060000z-1f3a/report.json in the ledger
`},
		"no entity": {run.Report{Run: runID, Period: december, State: run.StateDone}, `
Period 2026-12: no active entity is selected; nothing to do

0 entities: 0 done, 0 done before, 0 failed, 0 parked
Report: runs/2026-12-20261201t060000z-1f3a/report.json in the ledger
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireOutput(t, one.expected, func(out io.Writer) { ui.PrintReport(out, one.report) })
		})
	}
}

func TestPrintReportNamesTheOutcome(t *testing.T) {
	t.Parallel()
	for expected, report := range map[string]run.Report{
		"everything was done before; nothing to do":                          {State: run.StateDone, Entities: run.Tally{Total: 2, Skipped: 2}},
		"every entity failed":                                                {State: run.StateFailed, Entities: run.Tally{Total: 2, Failed: 2}},
		"parked until a quota resets; nothing failed":                        {State: run.StateParked, Entities: run.Tally{Total: 2, Parked: 2}},
		"stopped before the end; run the same command again to continue":     {State: run.StateInterrupted, Entities: run.Tally{Total: 2}},
		"2 entities: 0 done, 0 done before, 0 failed, 0 parked, 2 left":      {State: run.StateInterrupted, Entities: run.Tally{Total: 2}},
		"1 entity: 1 done, 0 done before, 0 failed, 0 parked\nReport: runs/": {State: run.StateDone, Entities: run.Tally{Total: 1, Done: 1}},
	} {
		require.Contains(t, printed(func(out io.Writer) { ui.PrintReport(out, report) }), expected)
	}
}

func TestPrintReportShowsTheFirstFailures(t *testing.T) {
	t.Parallel()
	var report run.Report
	for n := range 23 {
		report.Failures = append(report.Failures, run.Failure{Entity: entity.ID(fmt.Sprintf("e-%02d", n)), Error: "no"})
	}
	out := printed(func(out io.Writer) { ui.PrintReport(out, report) })
	require.Contains(t, out, "e-19 in")
	require.NotContains(t, out, "e-20")
	require.Contains(t, out, "\n… and 3 more failures: see the report, or --output json\n")
}

func TestPrintReportNamesTheFirstStaleEntities(t *testing.T) {
	t.Parallel()
	var report run.Report
	for n := range 7 {
		report.Stale = append(report.Stale, run.StaleEntity{Entity: entity.ID(fmt.Sprintf("e-%d", n)), Items: []string{"cash"}})
	}
	require.Contains(t, printed(func(out io.Writer) { ui.PrintReport(out, report) }), ", e-4 (cash), … and 2 more\n")
}

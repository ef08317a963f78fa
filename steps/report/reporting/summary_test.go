package reporting

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/run"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	december := period.New(2026, 12)
	var many []run.Failure
	for i := range 7 {
		many = append(many, run.Failure{Entity: entity.ID(fmt.Sprint("e", i)), Class: failure.Permanent, Error: "no\nmore"})
	}
	for want, report := range map[string]run.Report{
		"period 2026-12: 12 of 12 entities done":                {Entities: run.Tally{Total: 12, Done: 12}},
		"period 2026-12: 12 of 12 entities done, 5 done before": {Entities: run.Tally{Total: 12, Done: 7, Skipped: 5}},
		"period 2026-12: 12 of 12 entities done; stale workbooks, entities: 1": {
			Entities: run.Tally{Total: 12, Done: 12}, Stale: []run.StaleEntity{{Entity: "acme", Items: []string{"cash"}}},
		},
		"period 2026-12: 3 of 12 entities done, 9 left": {Entities: run.Tally{Total: 12, Done: 3}},
		"period 2026-12: 1 of 2 entities done, 1 failed; acme (permanent): no such folder": {
			Entities: run.Tally{Total: 2, Done: 1, Failed: 1},
			Failures: []run.Failure{{Entity: "acme", Class: failure.Permanent, Error: "no such folder"}},
		},
		"period 2026-12: 0 of 7 entities done, 7 failed; e0 (permanent): no; e1 (permanent): no; e2 (permanent): no; " +
			"e3 (permanent): no; e4 (permanent): no; and 2 more": {Entities: run.Tally{Total: 7, Failed: 7}, Failures: many},
		"period 2026-12: 1 of 4 entities done, 3 parked; pool box until 2026-12-02T00:00:00Z: the day budget is used up": {
			Entities: run.Tally{Total: 4, Done: 1, Parked: 3},
			Parking:  []run.Parking{{Pool: "box", Entities: 3, Until: "2026-12-02T00:00:00Z", Reason: "the day budget is used up"}},
		},
	} {
		report.Period = december
		require.Equal(t, want, describeReport(report))
	}
}

func TestFirstFailure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "",
		"{{workflow.failures}}": "",
		`"null"`:                "",
		"[]":                    "",
		`[{"displayName": "group", "message": "main: Error (exit code 65)"}]`:      "group: main: Error (exit code 65)",
		`"[{\"displayName\":\"group\",\"message\":\"\"},{\"displayName\":\"x\"}]"`: "group: failed",
	} {
		require.Equal(t, want, firstFailure(text), text)
	}
}

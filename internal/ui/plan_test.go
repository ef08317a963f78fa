package ui_test

import (
	"io"
	"testing"
	"time"

	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/ui"
)

func TestPrintPlan(t *testing.T) {
	t.Parallel()
	pools := []replicate.PoolPlan{
		{Pool: "box", Entities: 1200, Batches: 36, Requests: 68342, RequestsPerSecond: 16.5, Workers: 12, Seconds: 4330.4, Bound: "rate"},
		{Pool: "onedrive", Entities: 15, Batches: 11, Requests: 855, Workers: 4, Seconds: 12.4, Bound: "account"},
		{Pool: "s3"},
	}
	table := `
Period 2026-12: 1221 entities, 6 already done

pool      to do  batches  requests  requests/s  workers  duration  limited by
box        1200       36     68342        16.5       12  1h12m10s  rate
onedrive     15       11       855           -        4       12s  account
s3            0        0         0           -        0        0s  -

`
	plan := replicate.Plan{
		Period: "2026-12", Entities: run.Tally{Total: 1221, Skipped: 6}, Pools: pools, Bottleneck: "box",
		End: morning.Add(4330 * time.Second),
	}
	withDue := func(due string, inTime bool) replicate.Plan {
		p := plan
		p.FirstDue, p.InTime = due, inTime
		return p
	}
	for name, one := range map[string]struct {
		plan     replicate.Plan
		expected string
	}{
		"in time":     {withDue("2027-01-05", true), table + "Bottleneck: pool box\nExpected end: 2026-12-01 07:12:10 UTC, before the first due date 2027-01-05\n"},
		"late":        {withDue("2026-12-01", false), table + "Bottleneck: pool box\nExpected end: 2026-12-01 07:12:10 UTC, AFTER the first due date 2026-12-01\n"},
		"nothing due": {plan, table + "Bottleneck: pool box\nExpected end: 2026-12-01 07:12:10 UTC\n"},
		"done before": {replicate.Plan{
			Period: "2026-12", Entities: run.Tally{Total: 1, Skipped: 1}, Pools: pools[2:],
		}, `
Period 2026-12: 1 entity, 1 already done

pool  to do  batches  requests  requests/s  workers  duration  limited by
s3        0        0         0           -        0        0s  -

Nothing to do.
`},
		"no entity": {replicate.Plan{Period: "2026-12"}, "Period 2026-12: no active entity is selected.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireOutput(t, one.expected, func(out io.Writer) { ui.PrintPlan(out, one.plan) })
		})
	}
}

// Package grouping is what the group step does: begin the run, that is acquire the period's lease, group the entities into
// pools and batches, and write the run.
package grouping

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"metronome/internal/failure"
	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/steps"
)

// Step is the group step.
func Step() steps.Step {
	var o options
	return steps.Step{
		Name: "group", Required: []string{"run"}, Flags: func(flags *flag.FlagSet) { o.register(flags) },
		Work: func(stop context.Context, s *site.Site) error { return begin(stop, s, o, time.Now()) },
	}
}

// begin begins the run, unless another run works on the period: then this one ends at once, and says so.
func begin(ctx context.Context, s *site.Site, o options, now time.Time) error {
	asked, err := o.parse(now)
	if err != nil {
		return err
	}
	request, err := replicate.Begin(ctx, s, replicate.BeginOptions{
		Claim: steps.LeaseClaim(s.Config, asked.period, o.run), Selection: asked.selection, Now: now,
	})
	if failure.ClassOf(err) == failure.Contention {
		slog.Warn("ends at once", "reason", err)
		return o.decline(asked, err)
	}
	if err != nil {
		return err
	}
	return o.proceed(request)
}

func (o *options) decline(asked asked, reason error) error {
	return o.set(false, asked.period.String(), nil,
		fmt.Sprintf("%v. Nothing to do here: %s", reason, failure.HintOf(reason)))
}

func (o *options) proceed(request run.Request) error {
	pools := []string{}
	entities, batches, requests := 0, 0, int64(0)
	for _, p := range request.Pools {
		entities, batches, requests = entities+p.Entities, batches+p.Batches, requests+p.Requests
		if p.Batches > 0 {
			pools = append(pools, p.Name)
		}
	}
	summary := fmt.Sprintf("period %s: %d entities in %d batches and %d pools, about %d requests; %d done before",
		request.Period, entities, batches, len(pools), requests, request.Skipped)
	slog.Info(summary, "period", request.Period, "pools", pools)
	return o.set(true, request.Period.String(), pools, summary)
}

func (o *options) set(proceed bool, period string, pools []string, summary string) error {
	if pools == nil {
		pools = []string{}
	}
	return errors.Join(
		o.outputs.Set("proceed", proceed), o.outputs.Set("period", period),
		o.outputs.Set("pools", pools), o.outputs.Set("summary", summary),
	)
}

// Package grouping is what the group step does: take the period's lease, group the entities into pools and batches, and write
// the run.
package grouping

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"metronome/internal/failure"
	"metronome/internal/group"
	"metronome/internal/lease"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/run/archive"
	"metronome/internal/steps"
)

// Step is the group step.
func Step() steps.Step {
	var o options
	return steps.Step{
		Name: "group", Required: []string{"run"}, Flags: func(flags *flag.FlagSet) { o.register(flags) },
		Work: func(stop context.Context, in *steps.Installation) error { return begin(stop, in, o, time.Now()) },
	}
}

// begin writes the run, unless another run works on the period: then this one ends at once, and says so.
func begin(ctx context.Context, in *steps.Installation, o options, now time.Time) error {
	wanted, err := o.parse(now)
	if err != nil {
		return err
	}
	err = lease.Hold(ctx, in.Ledger, wanted.period, o.run, steps.Holder(), steps.LeaseDuration(in.Config))
	if failure.ClassOf(err) == failure.Contention {
		slog.Warn("ends at once", "reason", err)
		return o.decline(wanted, err)
	}
	if err != nil {
		return err
	}
	request, err := write(ctx, in, o.run, wanted, now)
	if err != nil {
		giveBack := lease.GiveBack(context.WithoutCancel(ctx), in.Ledger, wanted.period, o.run)
		return errors.Join(err, giveBack)
	}
	return o.proceed(request)
}

// write groups and writes the run. A run that is there was written by an earlier try of this step, whole.
func write(ctx context.Context, in *steps.Installation, id run.ID, wanted wanted, now time.Time) (run.Request, error) {
	request, err := archive.Request(ctx, in.Ledger, id)
	if !errors.Is(err, ledger.ErrNotFound) {
		return request, err
	}
	grouping, err := group.Group(ctx, in.Ledger, in.Config, nil, group.Options{
		Period: wanted.period, Selection: wanted.selection, Now: now,
	})
	if err != nil {
		return run.Request{}, err
	}
	return grouping.Write(ctx, in.Ledger, id, now)
}

func (o *options) decline(wanted wanted, reason error) error {
	return o.set(false, wanted.period.String(), nil,
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

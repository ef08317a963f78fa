// Package status says from the ledger how runs stand, while they go on and after.
package status

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"metronome/internal/control"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/report"
	"metronome/internal/run"
	"metronome/internal/run/archive"
)

// States of a run that still has its lease; afterwards it is in the state of its report.
const (
	Running    run.State = run.Running
	Paused     run.State = "paused"
	Cancelling run.State = "cancelling"
)

// Standing is how a run stands.
type Standing struct {
	Run      run.ID        `json:"run"`
	Period   period.Period `json:"period"`
	State    run.State     `json:"state"`
	Wish     run.Wish      `json:"wish"` // what a person asked of it last
	Created  time.Time     `json:"created"`
	Entities run.Tally     `json:"entities"`
	FirstDue string        `json:"firstDue,omitempty"`
	Pools    []Pool        `json:"pools"`
	Failures []run.Failure `json:"failures"`
	Parking  []run.Parking `json:"parking,omitempty"`
}

// Pool is how a pool of a run stood at its last beat.
type Pool struct {
	Name        string    `json:"name"`
	Entities    int       `json:"entities"` // to be worked on
	Finished    int       `json:"finished"` // failed ones included
	Workers     int       `json:"workers"`
	Rate        float64   `json:"rate"` // requests per second that the pool may send, all runs together
	Requests    int64     `json:"requests"`
	Throttled   int64     `json:"throttled"`
	ExpectedEnd time.Time `json:"expectedEnd,omitzero"`
	Beats       int       `json:"beats"`
	Done        bool      `json:"done"`
	Reason      string    `json:"reason,omitempty"` // of the last beat's decision
}

// Live tells whether the run goes on.
func (s Standing) Live() bool {
	return s.State == Running || s.State == Paused || s.State == Cancelling
}

// Read gives one run's standing; ledger.ErrNotFound.
func Read(ctx context.Context, l ledger.Ledger, id run.ID, rates report.Rates) (Standing, error) {
	request, err := archive.Request(ctx, l, id)
	if err != nil {
		return Standing{}, err
	}
	built, err := report.Build(ctx, l, id, rates)
	if err != nil {
		return Standing{}, err
	}
	s := Standing{
		Run: id, Period: request.Period, Created: request.Created, Entities: built.Entities, FirstDue: request.FirstDue,
		Pools: []Pool{}, Failures: built.Failures, Parking: built.Parking,
	}
	for _, asked := range request.Pools {
		pool, err := readPool(ctx, l, id, asked)
		if err != nil {
			return s, err
		}
		s.Pools = append(s.Pools, pool)
	}
	s.State, s.Wish, err = stateOf(ctx, l, request, built.State)
	return s, err
}

func readPool(ctx context.Context, l ledger.Ledger, id run.ID, asked run.Pool) (Pool, error) {
	last, err := archive.LastBeat(ctx, l, id, asked.Name)
	return Pool{
		Name: asked.Name, Entities: asked.Entities, Finished: last.Finished, Workers: len(last.Decision.Shares),
		Rate: last.Decision.Rate, Requests: last.Total.Requests, Throttled: last.Total.Throttled,
		ExpectedEnd: last.Decision.ExpectedEnd, Beats: last.Number, Done: asked.Batches == 0 || last.Decision.Done,
		Reason: last.Decision.Reason,
	}, err
}

// stateOf gives a run's state: that of its report once it has given its lease back or lost it.
func stateOf(ctx context.Context, l ledger.Ledger, request run.Request, ended run.State) (run.State, run.Wish, error) {
	asked, err := control.Read(ctx, l, request.Run)
	if err != nil {
		return "", "", err
	}
	live, err := Live(ctx, l, request)
	switch {
	case err != nil || !live:
		return ended, asked.Wish, err
	case asked.Wish == run.Pause:
		return Paused, asked.Wish, nil
	case asked.Wish == run.Cancel:
		return Cancelling, asked.Wish, nil
	default:
		return Running, asked.Wish, nil
	}
}

// Live tells whether a run has the lease of its period.
func Live(ctx context.Context, l ledger.Ledger, request run.Request) (bool, error) {
	held, _, err := ledger.ReadJSON[run.Lease](ctx, l, ledger.LeaseKey(request.Period))
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return held.Run == request.Run && held.Live(time.Now()), err
}

// Requests lists what the latest runs of the ledger were asked to do, the latest first.
func Requests(ctx context.Context, l ledger.Ledger, most int) ([]run.Request, error) {
	names, err := l.Children(ctx, ledger.RunsPrefix)
	if err != nil {
		return nil, err
	}
	var requests []run.Request
	for _, name := range names {
		request, err := archive.Request(ctx, l, run.ID(strings.TrimSuffix(name, "/")))
		if errors.Is(err, ledger.ErrNotFound) {
			continue // it is being grouped, or grouping was interrupted
		}
		if err != nil {
			return nil, err
		}
		requests = append(requests, request)
	}
	slices.SortFunc(requests, func(a, b run.Request) int { return b.Created.Compare(a.Created) })
	return requests[:min(most, len(requests))], nil
}

package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"metronome/internal/ledger"
	"metronome/internal/period"
)

// Status is how a run stands, while it is live and after.
type Status struct {
	Run      ID            `json:"run"`
	Period   period.Period `json:"period"`
	State    State         `json:"state"`
	Order    Order         `json:"order"` // the last one
	Created  time.Time     `json:"created"`
	Entities Tally         `json:"entities"`
	FirstDue string        `json:"firstDue,omitempty"`
	DueAt    time.Time     `json:"firstDueAt,omitzero"` // when that day begins for its entity
	Pools    []PoolStatus  `json:"pools"`
	Failures []Failure     `json:"failures"`
	Parking  []Parking     `json:"parking,omitempty"`
	Stale    []StaleEntity `json:"stale,omitempty"`
}

// PoolStatus is how a pool of a run stood at its last beat.
type PoolStatus struct {
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

// Live reports whether the run has not ended.
func (s Status) Live() bool {
	return s.State == StateRunning || s.State == StatePaused || s.State == StateCancelling
}

// ReadStatus returns how a run stands; ledger.ErrNotFound.
func ReadStatus(ctx context.Context, l ledger.Ledger, id ID, rates Rates) (Status, error) {
	request, err := ReadRequest(ctx, l, id)
	if err != nil {
		return Status{}, err
	}
	built, err := BuildReport(ctx, l, id, rates)
	if err != nil {
		return Status{}, err
	}
	s := Status{
		Run: id, Period: request.Period, Created: request.Created, Entities: built.Entities, FirstDue: request.FirstDue,
		DueAt: request.DueAt(),
		Pools: []PoolStatus{}, Failures: built.Failures, Parking: built.Parking, Stale: built.Stale,
	}
	for _, asked := range request.Pools {
		pool, err := readPool(ctx, l, id, asked)
		if err != nil {
			return s, err
		}
		s.Pools = append(s.Pools, pool)
	}
	s.State, s.Order, err = liveState(ctx, l, request, built.State)
	return s, err
}

func readPool(ctx context.Context, l ledger.Ledger, id ID, pool Pool) (PoolStatus, error) {
	last, err := ReadLastBeat(ctx, l, id, pool.Name)
	return PoolStatus{
		Name: pool.Name, Entities: pool.Entities, Finished: last.Finished, Workers: len(last.Decision.Shares),
		Rate: last.Decision.Rate, Requests: last.Total.Requests, Throttled: last.Total.Throttled,
		ExpectedEnd: last.Decision.ExpectedEnd, Beats: last.Number, Done: pool.Batches == 0 || last.Decision.Done,
		Reason: last.Decision.Reason,
	}, err
}

// liveState returns a run's state: that of its report once it has given its lease back or lost it.
func liveState(ctx context.Context, l ledger.Ledger, request Request, ended State) (State, Order, error) {
	control, err := ReadControl(ctx, l, request.Run)
	if err != nil {
		return "", "", err
	}
	live, err := IsLive(ctx, l, request)
	switch {
	case err != nil || !live:
		return ended, control.Order, err
	case control.Order == Pause:
		return StatePaused, control.Order, nil
	case control.Order == Cancel:
		return StateCancelling, control.Order, nil
	default:
		return StateRunning, control.Order, nil
	}
}

// IsLive reports whether a run has the lease of its period.
func IsLive(ctx context.Context, l ledger.Ledger, request Request) (bool, error) {
	held, _, err := ledger.ReadJSON[Lease](ctx, l, LeaseKey(request.Period))
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return held.Run == request.Run && held.Live(time.Now()), err
}

// LatestRequests lists what the latest runs of the ledger were asked to do, the latest first.
func LatestRequests(ctx context.Context, l ledger.Ledger, most int) ([]Request, error) {
	names, err := l.Children(ctx, RunsPrefix)
	if err != nil {
		return nil, err
	}
	var requests []Request
	for _, name := range names {
		request, err := ReadRequest(ctx, l, ID(strings.TrimSuffix(name, "/")))
		if errors.Is(err, ledger.ErrNotFound) {
			continue // it is being grouped, or grouping was interrupted
		}
		if err != nil {
			return nil, err
		}
		requests = append(requests, request)
	}
	slices.SortFunc(requests, func(a, b Request) int { return b.Created.Compare(a.Created) })
	return requests[:min(most, len(requests))], nil
}

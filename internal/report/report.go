// Package report sums a run up from what its workers and beats left in the ledger.
package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/run/archive"
)

// Write builds the report of a run and keeps it in the ledger. It may be written again: the run may have gone on.
func Write(ctx context.Context, l ledger.Ledger, id run.ID, rates Rates) (run.Report, error) {
	report, err := Build(ctx, l, id, rates)
	if err != nil {
		return run.Report{}, err
	}
	return report, ledger.PutJSON(ctx, l, ledger.ReportKey(string(id)), report)
}

// Rates gives a pool's configured requests per second; 0: none known.
type Rates func(pool string) float64

// Build sums a run up as it stands.
func Build(ctx context.Context, l ledger.Ledger, id run.ID, rates Rates) (run.Report, error) {
	request, err := archive.Request(ctx, l, id)
	if err != nil {
		return run.Report{}, err
	}
	report := run.Report{
		Run: id, Period: request.Period, Pools: map[string]run.PoolReport{}, Failures: []run.Failure{},
		Entities: run.Tally{Total: request.Total, Skipped: request.Skipped},
	}
	for _, pool := range request.Pools {
		s := &summing{report: &report, pool: pool}
		if err := s.sum(ctx, l, id, rates(pool.Name)); err != nil {
			return run.Report{}, err
		}
	}
	slices.SortFunc(report.Failures, func(a, b run.Failure) int { return cmp.Compare(a.Entity, b.Entity) })
	report.State = stateOf(report.Entities)
	return report, nil
}

func stateOf(t run.Tally) run.State {
	switch {
	case t.Done+t.Failed+t.Skipped+t.Parked < t.Total:
		return run.Interrupted
	case t.Failed > 0:
		return run.Failed
	case t.Parked > 0:
		return run.Parked
	default:
		return run.Done
	}
}

// summing adds one pool to a report.
type summing struct {
	report *run.Report
	pool   run.Pool
	last   run.Beat
}

func (s *summing) sum(ctx context.Context, l ledger.Ledger, id run.ID, rate float64) error {
	progress, err := archive.Progress(ctx, l, id, s.pool.Name, nil)
	if err != nil {
		return err
	}
	if s.last, err = archive.LastBeat(ctx, l, id, s.pool.Name); err != nil {
		return err
	}
	var counts run.Counts
	for _, p := range progress {
		counts = counts.Plus(p.Counts)
		s.entities(p)
	}
	if err := s.unstarted(ctx, l, id, progress); err != nil {
		return err
	}
	seconds, err := s.seconds(ctx, l, id)
	if err != nil {
		return err
	}
	s.report.Pools[s.pool.Name] = poolReport(s.pool, counts, seconds, rate, s.last.Peak)
	return nil
}

func poolReport(pool run.Pool, counts run.Counts, seconds, rate float64, peak int) run.PoolReport {
	report := run.PoolReport{
		Entities: pool.Entities + pool.Skipped, Requests: counts.Requests, Throttled: counts.Throttled,
		Seconds: seconds, WorkersPeak: peak,
	}
	if rate > 0 {
		report.LimitSeconds = float64(counts.Requests) / rate
	}
	if seconds > 0 {
		report.Utilization = report.LimitSeconds / seconds
	}
	return report
}

// seconds is the time from the pool's first beat to its last.
func (s *summing) seconds(ctx context.Context, l ledger.Ledger, id run.ID) (float64, error) {
	if s.last.Number == 0 {
		return 0, nil
	}
	first, err := archive.Beat(ctx, l, id, s.pool.Name, 1)
	return s.last.At.Sub(first.At).Seconds(), err
}

// entities counts the entities of one batch by outcome.
func (s *summing) entities(p run.Progress) {
	parked := s.parkedUntil(p.Batch)
	given, givenUp := s.last.GivenUp[p.Batch]
	waiting := 0
	for _, e := range p.Entities {
		switch {
		case e.State == run.Done:
			s.report.Entities.Done++
		case e.State == run.Failed:
			s.fail(run.Failure{Entity: e.ID, Stage: e.Stage, Class: e.Class, Error: e.Error, Hint: e.Hint})
		case givenUp:
			s.fail(run.Failure{Entity: e.ID, Stage: e.Stage, Class: given.Class, Error: given.Error, Hint: given.Hint})
		default:
			waiting++
		}
	}
	s.park(parked, waiting)
}

// unstarted counts the entities of batches that no worker reported on.
func (s *summing) unstarted(ctx context.Context, l ledger.Ledger, id run.ID, progress map[string]run.Progress) error {
	if len(progress) == s.pool.Batches {
		return nil
	}
	batches, err := archive.Batches(ctx, l, id, s.pool.Name)
	if err != nil {
		return err
	}
	for name, b := range batches {
		if _, started := progress[name]; started {
			continue
		}
		given, givenUp := s.last.GivenUp[name]
		for _, member := range b.Members {
			if givenUp {
				s.fail(run.Failure{Entity: member.ID, Class: given.Class, Error: given.Error, Hint: given.Hint})
			}
		}
		if !givenUp {
			s.park(s.parkedUntil(name), len(b.Members))
		}
	}
	return nil
}

// parkedUntil gives the last beat's word on a parked batch; nil where it is not parked.
func (s *summing) parkedUntil(name string) *run.Parking {
	for _, parked := range s.last.Decision.Parked {
		for _, id := range parked.Batches {
			if string(id) == name {
				return &run.Parking{Pool: s.pool.Name, Until: moment(parked.Until), Reason: parked.Reason}
			}
		}
	}
	return nil
}

// moment writes a time; "" for none, where no reset will help.
func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func (s *summing) park(parking *run.Parking, entities int) {
	if parking == nil || entities == 0 {
		return
	}
	s.report.Entities.Parked += entities
	for i := range s.report.Parking {
		if p := &s.report.Parking[i]; p.Pool == parking.Pool && p.Until == parking.Until && p.Reason == parking.Reason {
			p.Entities += entities
			return
		}
	}
	parking.Entities = entities
	s.report.Parking = append(s.report.Parking, *parking)
}

func (s *summing) fail(f run.Failure) {
	s.report.Entities.Failed++
	s.report.Failures = append(s.report.Failures, f)
}

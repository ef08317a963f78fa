package run

import (
	"cmp"
	"context"
	"slices"
	"time"

	"metronome/internal/batch"
	"metronome/internal/ledger"
)

// WriteReport builds the report of a run from what its workers and beats left in the ledger, and keeps it in the ledger. It may be written again: the run may have gone on.
func WriteReport(ctx context.Context, l ledger.Ledger, id ID, rates Rates) (Report, error) {
	report, err := BuildReport(ctx, l, id, rates)
	if err != nil {
		return Report{}, err
	}
	return report, ledger.PutJSON(ctx, l, ReportKey(id), report)
}

// Rates returns a pool's configured requests per second; 0: none known.
type Rates func(pool string) float64

// BuildReport sums a run up as it stands.
func BuildReport(ctx context.Context, l ledger.Ledger, id ID, rates Rates) (Report, error) {
	request, err := ReadRequest(ctx, l, id)
	if err != nil {
		return Report{}, err
	}
	report := Report{
		Run: id, Period: request.Period, Pools: map[string]PoolReport{}, Failures: []Failure{},
		Entities: Tally{Total: request.Total, Skipped: request.Skipped},
	}
	for _, pool := range request.Pools {
		s := &poolSummer{report: &report, pool: pool}
		if err := s.sum(ctx, l, id, rates(pool.Name)); err != nil {
			return Report{}, err
		}
	}
	slices.SortFunc(report.Failures, func(a, b Failure) int { return cmp.Compare(a.Entity, b.Entity) })
	report.State = reportState(report.Entities)
	report.Stale, err = readStale(ctx, l, id)
	return report, err
}

func reportState(t Tally) State {
	switch {
	case t.Done+t.Failed+t.Skipped+t.Parked < t.Total:
		return StateInterrupted
	case t.Failed > 0:
		return StateFailed
	case t.Parked > 0:
		return StateParked
	default:
		return StateDone
	}
}

// poolSummer adds one pool to a report.
type poolSummer struct {
	report *Report
	pool   Pool
	last   Beat
}

func (s *poolSummer) sum(ctx context.Context, l ledger.Ledger, id ID, rate float64) error {
	progress, err := ReadProgress(ctx, l, id, s.pool.Name, nil)
	if err != nil {
		return err
	}
	if s.last, err = ReadLastBeat(ctx, l, id, s.pool.Name); err != nil {
		return err
	}
	var counts Counts
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
	s.report.Pools[s.pool.Name] = poolReport(s.pool, counts, seconds, rate, s.last.PeakWorkers)
	return nil
}

func poolReport(pool Pool, counts Counts, seconds, rate float64, peak int) PoolReport {
	report := PoolReport{
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
func (s *poolSummer) seconds(ctx context.Context, l ledger.Ledger, id ID) (float64, error) {
	if s.last.Number == 0 {
		return 0, nil
	}
	first, err := ReadBeat(ctx, l, id, s.pool.Name, 1)
	return s.last.At.Sub(first.At).Seconds(), err
}

// entities counts the entities of one batch by outcome.
func (s *poolSummer) entities(p Progress) {
	parked := s.parkedUntil(p.Batch)
	given, givenUp := s.last.GivenUp[p.Batch]
	waiting := 0
	for _, e := range p.Entities {
		switch {
		case e.State == EntityDone:
			s.report.Entities.Done++
		case e.State == EntityFailed:
			s.fail(Failure{Entity: e.ID, Stage: e.Stage, Class: e.Class, Error: e.Error, Hint: e.Hint})
		case givenUp:
			s.fail(Failure{Entity: e.ID, Stage: e.Stage, Class: given.Class, Error: given.Error, Hint: given.Hint})
		default:
			waiting++
		}
	}
	s.park(parked, waiting)
}

// unstarted counts the entities of batches that no worker reported on.
func (s *poolSummer) unstarted(ctx context.Context, l ledger.Ledger, id ID, progress map[batch.ID]Progress) error {
	if len(progress) == s.pool.Batches {
		return nil
	}
	batches, err := ReadBatches(ctx, l, id, s.pool.Name)
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
				s.fail(Failure{Entity: member.ID, Class: given.Class, Error: given.Error, Hint: given.Hint})
			}
		}
		if !givenUp {
			s.park(s.parkedUntil(name), len(b.Members))
		}
	}
	return nil
}

// parkedUntil returns the last beat's word on a parked batch; nil where it is not parked.
func (s *poolSummer) parkedUntil(name batch.ID) *Parking {
	for _, parked := range s.last.Decision.Parked {
		for _, id := range parked.Batches {
			if id == name {
				return &Parking{Pool: s.pool.Name, Until: formatTime(parked.Until), Reason: parked.Reason}
			}
		}
	}
	return nil
}

// formatTime writes a time; "" for none, where no reset will help.
func formatTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func (s *poolSummer) park(parking *Parking, entities int) {
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

func (s *poolSummer) fail(f Failure) {
	s.report.Entities.Failed++
	s.report.Failures = append(s.report.Failures, f)
}

package replicate

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/tempo"
)

// Grouping is what a run will do.
type Grouping struct {
	Period    period.Period
	Selection run.Selection
	Total     int
	Skipped   int
	Pools     []PoolGroup // by name

	firstDue dueDate
	entities []entity.Entity   // the chosen ones that are not done
	done     []*entity.Entity  // the others
	stale    []run.StaleEntity // those of them whose delivered workbooks are stale, by id
	expected []int64           // requests, by index in entities
}

// PoolGroup is one pool's part of a grouping.
type PoolGroup struct {
	Name     string
	Limits   tempo.Limits
	Entities int // to be worked on
	Skipped  int
	Requests int64
	Batches  []batch.Batch
	Forecast tempo.Prediction
}

// Options say what to group.
type Options struct {
	Period    period.Period
	Selection run.Selection
	Now       time.Time
}

// Group makes the grouping of a run and writes nothing. A bad catalog or selection is an error of class Data that lists every
// problem.
func Group(ctx context.Context, s *site.Site, o Options) (*Grouping, error) {
	catalog, err := s.ReadCatalog(ctx)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(catalog.Catalog, s.Config, o.Selection)
	if err != nil {
		return nil, err
	}
	g := &Grouping{Period: o.Period, Selection: o.Selection, Total: len(chosen)}
	if err := g.size(ctx, s.Ledger, catalog.TemplateSets, chosen); err != nil {
		return nil, err
	}
	if g.firstDue, err = firstDue(s, catalog.TemplateSets, chosen, o.Period); err != nil {
		return nil, err
	}
	return g, g.pack(ctx, s, chosen, o.Now)
}

// pack packs each pool's entities.
func (g *Grouping) pack(ctx context.Context, s *site.Site, chosen []entity.Entity, now time.Time) error {
	byPool := map[string][]batch.Entity{}
	all := map[string]int{}
	for _, e := range chosen {
		all[e.Pool]++
	}
	for name, count := range all {
		byPool[name] = make([]batch.Entity, 0, count)
	}
	for i := range g.entities {
		e := &g.entities[i]
		byPool[e.Pool] = append(byPool[e.Pool], batch.Entity{ID: e.ID, Account: e.Account, Requests: g.expected[i]})
	}
	first := 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		state, err := readTempo(ctx, s.Ledger, name)
		if err != nil {
			return err
		}
		limits := s.Config.Limits(name)
		batches := batch.Pack(terms(name, limits, state, s.Config.Batch.Target, first), byPool[name])
		first += len(batches)
		pool := PoolGroup{
			Name: name, Limits: limits, Entities: len(byPool[name]), Skipped: all[name] - len(byPool[name]), Batches: batches,
		}
		for _, b := range batches {
			pool.Requests += b.Requests
		}
		pool.Forecast = forecast(limits, state, batches, now)
		g.Pools = append(g.Pools, pool)
	}
	return nil
}

// unknownRate is what batches are sized by where nothing is known of a pool's rate.
const unknownRate = 10

// startSeconds is about how long a worker needs from the decision to its first request: a process's start here; on Argo, the
// pods of the first two stages make it some seconds more, which a run of minutes does not notice.
const startSeconds = 1

func forecast(limits tempo.Limits, state tempo.State, batches []batch.Batch, now time.Time) tempo.Prediction {
	waiting := make([]tempo.Candidate, len(batches))
	for i, b := range batches {
		waiting[i] = tempo.Candidate{Batch: b.ID, Worker: string(b.ID), Accounts: b.Accounts, Requests: b.Requests}
	}
	return tempo.Forecast(limits, waiting, tempo.Assumptions{State: state, StartSeconds: startSeconds}, now)
}

// terms sizes a pool's batches so that each keeps one worker busy for the target time at its share of the rate.
func terms(pool string, limits tempo.Limits, state tempo.State, target time.Duration, first int) batch.Options {
	rate := cmp.Or(limits.RequestsPerSecond, state.Rate, unknownRate)
	workers := limits.Workers(rate, state.SecondsPerRequest)
	return batch.Options{
		Pool: pool, Workers: workers, FirstNumber: first,
		TargetRequests: capped(int64(max(1, target.Seconds()*rate/float64(workers))), limits.DayBudget),
	}
}

// capped keeps a batch within a day's budget, if there is one.
func capped(target, budget int64) int64 {
	if budget > 0 {
		return min(target, budget)
	}
	return target
}

func readTempo(ctx context.Context, l ledger.Ledger, pool string) (tempo.State, error) {
	state, _, err := ledger.ReadJSON[tempo.State](ctx, l, run.TempoKey(pool))
	return state, ignoreNotFound(err)
}

package replicate

import (
	"time"

	"metronome/internal/run"
	"metronome/internal/tempo"
)

// Plan is what `metronome plan` shows.
type Plan struct {
	Period     string     `json:"period"`
	Entities   run.Tally  `json:"entities"` // done and failed are always 0; skipped are done already
	Pools      []PoolPlan `json:"pools"`
	Batches    int        `json:"batches"`
	Requests   int64      `json:"requests"`
	Seconds    float64    `json:"seconds"`    // until the bottleneck pool is through
	Bottleneck string     `json:"bottleneck"` // the pool that ends last; "" where nothing is to be done
	End        time.Time  `json:"end"`
	FirstDue   string     `json:"firstDue,omitempty"`
	FirstDueAt time.Time  `json:"firstDueAt,omitzero"` // when that day begins in its entity's zone
	InTime     bool       `json:"inTime"`              // the end is before firstDueAt
}

// PoolPlan is one pool's part of a plan.
type PoolPlan struct {
	Pool              string    `json:"pool"`
	Entities          int       `json:"entities"`
	Skipped           int       `json:"skipped"`
	Batches           int       `json:"batches"`
	Requests          int64     `json:"requests"`
	RequestsPerSecond float64   `json:"requestsPerSecond"` // configured; 0: found while running
	Workers           int       `json:"workers"`
	Seconds           float64   `json:"seconds"`
	End               time.Time `json:"end"`
	Bound             string    `json:"bound,omitempty"`  // what the time depends on most: rate, account, workers or budget
	Parked            int       `json:"parked,omitempty"` // batches that do not fit into any day's or month's budget
}

// Plan sums a grouping up, expected times included.
func (g *Grouping) Plan(now time.Time) Plan {
	plan := Plan{
		Period: g.Period.String(), Entities: run.Tally{Total: g.Total, Skipped: g.Skipped}, Pools: []PoolPlan{},
		End: now.UTC(), FirstDue: g.firstDue.date, FirstDueAt: g.firstDue.at,
	}
	for _, p := range g.Pools {
		plan.Batches += len(p.Batches)
		plan.Requests += p.Requests
		plan.Pools = append(plan.Pools, PoolPlan{
			Pool: p.Name, Entities: p.Entities, Skipped: p.Skipped, Batches: len(p.Batches), Requests: p.Requests,
			RequestsPerSecond: p.Limits.RequestsPerSecond, Workers: p.Forecast.WorkersPeak,
			Seconds: p.Forecast.Seconds, End: p.Forecast.End.UTC(), Bound: string(p.Forecast.Bound), Parked: parked(p.Forecast.Parked),
		})
		if p.Forecast.End.After(plan.End) {
			plan.End, plan.Seconds, plan.Bottleneck = p.Forecast.End.UTC(), p.Forecast.Seconds, p.Name
		}
	}
	plan.InTime = plan.FirstDueAt.IsZero() || plan.End.Before(plan.FirstDueAt)
	return plan
}

func parked(list []tempo.Parked) int {
	count := 0
	for _, p := range list {
		count += len(p.Batches)
	}
	return count
}

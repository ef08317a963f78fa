package replicate

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/stage"
)

// refreshOpenings compares the opening balances of the entities that are done with what their prior periods close with now
// (see stage.RefreshOpenings), and notes the entities whose delivered workbooks are stale. An entity whose documents cannot be
// read is noted as well: it keeps no other from being replicated.
func (g *Grouping) refreshOpenings(ctx context.Context, l ledger.Ledger) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(readers, runtime.NumCPU()))
	var mu sync.Mutex
	for _, e := range g.done {
		group.Go(func() error {
			stale := run.StaleEntity{Entity: e.ID}
			var err error
			stale.Items, err = stage.RefreshOpenings(ctx, l, stage.Job{Period: g.Period, Entity: *e})
			switch failure.ClassOf(err) {
			case failure.Data, failure.Permanent:
				stale.Error, err = err.Error(), nil
			default:
			}
			if err != nil || len(stale.Items) == 0 && stale.Error == "" {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			g.stale = append(g.stale, stale)
			return nil
		})
	}
	err := group.Wait()
	slices.SortFunc(g.stale, func(a, b run.StaleEntity) int { return cmp.Compare(a.Entity, b.Entity) })
	return err
}

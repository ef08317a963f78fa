package replicate

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/run"
)

// writers bounds the batches being written at once.
const writers = 16

// write writes the run: its batches, the entities with stale workbooks, and last its request, whose presence says that the batches are complete. Writing the
// same run again, after an interruption, is safe.
func (g *Grouping) write(ctx context.Context, l ledger.Ledger, id run.ID, now time.Time) (run.Request, error) {
	index := make(map[entity.ID]int, len(g.entities))
	for i, e := range g.entities {
		index[e.ID] = i
	}
	group, batchContext := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for _, pool := range g.Pools {
		for _, b := range pool.Batches {
			group.Go(func() error {
				return ledger.PutJSON(batchContext, l, run.BatchKey(id, b.Pool, b.ID), g.document(id, b, index))
			})
		}
	}
	if err := group.Wait(); err != nil {
		return run.Request{}, err
	}
	if len(g.stale) > 0 {
		stale := run.Stale{Version: run.Version, Run: id, Entities: g.stale}
		if err := ledger.PutJSON(ctx, l, run.StaleKey(id), stale); err != nil {
			return run.Request{}, err
		}
	}
	request := g.request(id, now)
	return request, ledger.PutJSON(ctx, l, run.RequestKey(id), request)
}

func (g *Grouping) document(id run.ID, b batch.Batch, index map[entity.ID]int) run.Batch {
	document := run.Batch{
		Version: run.Version, Run: id, Period: g.Period, Pool: b.Pool, ID: b.ID, Accounts: b.Accounts, Requests: b.Requests,
		Members: make([]run.Member, len(b.Entities)),
	}
	for i, member := range b.Entities {
		at := index[member]
		document.Members[i] = run.Member{Entity: g.entities[at], Expected: g.expected[at]}
	}
	return document
}

func (g *Grouping) request(id run.ID, now time.Time) run.Request {
	request := run.Request{
		Version: run.Version, Run: id, Period: g.Period, Selection: g.Selection, Created: now.UTC(),
		Total: g.Total, Skipped: g.Skipped, FirstDue: g.firstDue.date, FirstDueAt: g.firstDue.at,
	}
	for _, p := range g.Pools {
		request.Pools = append(request.Pools, run.Pool{
			Name: p.Name, Entities: p.Entities, Skipped: p.Skipped, Batches: len(p.Batches), Requests: p.Requests,
		})
	}
	return request
}

func ignoreNotFound(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	return err
}

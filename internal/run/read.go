package run

import (
	"context"
	"errors"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"metronome/internal/batch"
	"metronome/internal/ledger"
)

// readers bounds the reads under way at once: on S3 each takes some 10 ms of waiting.
const readers = 32

// ReadRequest reads what a run was asked to do; ledger.ErrNotFound.
func ReadRequest(ctx context.Context, l ledger.Ledger, id ID) (Request, error) {
	request, _, err := ledger.ReadJSON[Request](ctx, l, RequestKey(id))
	return request, err
}

// readStale reads which entities a run found stale.
func readStale(ctx context.Context, l ledger.Ledger, id ID) ([]StaleEntity, error) {
	stale, _, err := ledger.ReadJSON[Stale](ctx, l, StaleKey(id))
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	return stale.Entities, err
}

// ReadBatches reads a run's batches of a pool, by id.
func ReadBatches(ctx context.Context, l ledger.Ledger, id ID, pool string) (map[batch.ID]Batch, error) {
	return readAll[Batch](ctx, l, BatchesPrefix(id, pool), nil)
}

// ReadProgress reads a run's progress documents of a pool, by batch; those that are known already are not read again.
func ReadProgress(ctx context.Context, l ledger.Ledger, id ID, pool string, known map[batch.ID]Progress,
) (map[batch.ID]Progress, error) {
	return readAll(ctx, l, ProgressPrefix(id, pool), known)
}

// ReadBeat reads a pool's first (1) or another beat of a run; ledger.ErrNotFound.
func ReadBeat(ctx context.Context, l ledger.Ledger, id ID, pool string, number int) (Beat, error) {
	beat, _, err := ledger.ReadJSON[Beat](ctx, l, BeatKey(id, pool, number))
	return beat, err
}

// ReadLastBeat reads the last beat of a pool in a run; the zero beat before the first.
func ReadLastBeat(ctx context.Context, l ledger.Ledger, id ID, pool string) (Beat, error) {
	prefix := BeatsPrefix(id, pool)
	names, err := l.Children(ctx, prefix)
	if err != nil || len(names) == 0 {
		return Beat{}, err
	}
	beat, _, err := ledger.ReadJSON[Beat](ctx, l, prefix+names[len(names)-1])
	return beat, err
}

// readAll reads every document below a prefix, by batch.
func readAll[T any](ctx context.Context, l ledger.Ledger, prefix string, known map[batch.ID]T) (map[batch.ID]T, error) {
	names, err := l.Children(ctx, prefix)
	if err != nil {
		return nil, err
	}
	all := make(map[batch.ID]T, len(names))
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for _, name := range names {
		id := batch.ID(strings.TrimSuffix(name, ".json"))
		if document, ok := known[id]; ok {
			mu.Lock()
			all[id] = document
			mu.Unlock()
			continue
		}
		group.Go(func() error {
			document, _, err := ledger.ReadJSON[T](ctx, l, prefix+name)
			mu.Lock()
			defer mu.Unlock()
			all[id] = document
			return err
		})
	}
	return all, group.Wait()
}

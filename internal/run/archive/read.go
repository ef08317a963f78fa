// Package archive reads the documents of a run from the ledger.
package archive

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"metronome/internal/ledger"
	"metronome/internal/run"
)

// readers bounds the reads under way at once: on S3 each takes some 10 ms of waiting.
const readers = 32

// Request reads what a run was asked to do; ledger.ErrNotFound.
func Request(ctx context.Context, l ledger.Ledger, id run.ID) (run.Request, error) {
	request, _, err := ledger.ReadJSON[run.Request](ctx, l, ledger.RequestKey(string(id)))
	return request, err
}

// Batches reads a run's batches of a pool, by id.
func Batches(ctx context.Context, l ledger.Ledger, id run.ID, pool string) (map[string]run.Batch, error) {
	return readAll[run.Batch](ctx, l, ledger.BatchesPrefix(string(id), pool), nil)
}

// Progress reads a run's progress documents of a pool, by batch; those that are known already are not read again.
func Progress(ctx context.Context, l ledger.Ledger, id run.ID, pool string, known map[string]run.Progress,
) (map[string]run.Progress, error) {
	return readAll(ctx, l, ledger.ProgressPrefix(string(id), pool), known)
}

// Beat reads a pool's first (1) or another beat of a run; ledger.ErrNotFound.
func Beat(ctx context.Context, l ledger.Ledger, id run.ID, pool string, number int) (run.Beat, error) {
	beat, _, err := ledger.ReadJSON[run.Beat](ctx, l, ledger.BeatKey(string(id), pool, number))
	return beat, err
}

// LastBeat reads the last beat of a pool in a run; the zero beat before the first.
func LastBeat(ctx context.Context, l ledger.Ledger, id run.ID, pool string) (run.Beat, error) {
	prefix := ledger.BeatsPrefix(string(id), pool)
	names, err := l.Children(ctx, prefix)
	if err != nil || len(names) == 0 {
		return run.Beat{}, err
	}
	beat, _, err := ledger.ReadJSON[run.Beat](ctx, l, prefix+names[len(names)-1])
	return beat, err
}

// readAll reads every document below a prefix, by its name without ".json".
func readAll[T any](ctx context.Context, l ledger.Ledger, prefix string, known map[string]T) (map[string]T, error) {
	names, err := l.Children(ctx, prefix)
	if err != nil {
		return nil, err
	}
	all := make(map[string]T, len(names))
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for _, name := range names {
		id := strings.TrimSuffix(name, ".json")
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

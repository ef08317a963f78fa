package upload

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"metronome/internal/failure"
)

// lane bounds how many requests an entity has under way. After the first sign of contention on the account it narrows to
// one, for the rest of the visit.
type lane struct {
	width  int
	places chan struct{}
	narrow atomic.Bool
	single chan struct{}
}

func newLane(width int) *lane {
	width = max(1, width)
	return &lane{width: width, places: make(chan struct{}, width), single: make(chan struct{}, 1)}
}

// run does something in a place of the lane.
func (l *lane) run(ctx context.Context, do func(context.Context) error) error {
	places := l.places
	if l.narrow.Load() {
		places = l.single
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case places <- struct{}{}:
	}
	defer func() { <-places }()
	err := do(ctx)
	if failure.ClassOf(err) == failure.Contention {
		l.narrow.Store(true)
	}
	return err
}

// each does something for each of n indices side by side, and stops at the first error.
func (l *lane) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(l.width)
	for i := range n {
		group.Go(func() error { return do(ctx, i) })
	}
	return group.Wait()
}

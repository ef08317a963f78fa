package upload

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"metronome/internal/failure"
)

// concurrency bounds how many requests an entity has under way. After the first sign of contention on the account it is one
// at a time, for the rest of the session.
type concurrency struct {
	limit  int
	slots  *semaphore.Weighted
	serial atomic.Bool
}

func newConcurrency(limit int) *concurrency {
	limit = max(1, limit)
	return &concurrency{limit: limit, slots: semaphore.NewWeighted(int64(limit))}
}

// run sends one request once there is a slot for it.
func (c *concurrency) run(ctx context.Context, request func(context.Context) error) error {
	slots := int64(1)
	if c.serial.Load() {
		slots = int64(c.limit)
	}
	if err := c.slots.Acquire(ctx, slots); err != nil {
		return context.Cause(ctx)
	}
	defer c.slots.Release(slots)
	err := request(ctx)
	if failure.ClassOf(err) == failure.Contention {
		c.serial.Store(true)
	}
	return err
}

// forEach calls do for each of n indices, as many side by side as there are slots, and stops at the first error.
func (c *concurrency) forEach(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.limit)
	for i := range n {
		group.Go(func() error { return do(ctx, i) })
	}
	return group.Wait()
}

package provider

import (
	"context"
	"math"
	"sync"
	"time"
)

// Share is what this process may use of a quota. Burst is how many requests may follow each other at once after a pause;
// a bucket always holds at least one. In any second at most RequestsPerSecond + max(1, Burst) requests go out.
type Share struct {
	RequestsPerSecond float64
	Burst             int
}

// bucket is a token bucket. It starts empty, and changing its share never adds tokens.
type bucket struct {
	share  Share
	tokens float64
	filled time.Time // when tokens was last brought up to date; zero before the first share
}

func (b *bucket) capacity() float64 { return math.Max(1, float64(b.share.Burst)) }

func (b *bucket) fill(now time.Time) {
	if !b.filled.IsZero() {
		b.tokens += now.Sub(b.filled).Seconds() * b.share.RequestsPerSecond
		b.tokens = math.Min(b.tokens, b.capacity())
	}
	b.filled = now
}

func (b *bucket) pace(share Share, now time.Time) {
	b.fill(now)
	b.share = share
	b.tokens = math.Min(b.tokens, b.capacity())
}

// forever stands for a bucket that will not fill: it has no share yet, or a share of nothing.
const forever = time.Duration(math.MaxInt64)

// wait returns how long it takes until the bucket holds a token, 0 for now.
func (b *bucket) wait() time.Duration {
	const enough = 1 - 1e-9 // time is counted in whole nanoseconds, so a filled token may be a rounding short
	switch {
	case b.tokens >= enough:
		return 0
	case b.share.RequestsPerSecond <= 0:
		return forever
	}
	return time.Duration(math.Ceil((1 - b.tokens) / b.share.RequestsPerSecond * float64(time.Second)))
}

// limiter grants requests one after another, in the order they were asked for: one token of the pool's bucket and, where
// accounts have a limit of their own, one of the account's. Before the first pace it grants nothing.
type limiter struct {
	turn chan struct{} // held by the request that is next

	mu       sync.Mutex
	pool     bucket
	account  *Share
	accounts map[string]*bucket
	paused   time.Time     // nothing is granted before
	changed  chan struct{} // closed when a waiting request should look again
}

func newLimiter(account *Share) *limiter {
	return &limiter{
		turn:     make(chan struct{}, 1),
		account:  account,
		accounts: map[string]*bucket{},
		changed:  make(chan struct{}),
	}
}

func (l *limiter) pace(share Share) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pool.pace(share, time.Now())
	l.wake()
}

// pause keeps everything back until then; an earlier end than the one in force changes nothing.
func (l *limiter) pause(until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.paused) {
		l.paused = until
		l.wake()
	}
}

func (l *limiter) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// admit waits until a request of the account may go out; account "" has no limit of its own.
func (l *limiter) admit(ctx context.Context, account string) error {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		wait, changed := l.take(account, time.Now())
		if wait == 0 {
			return ctx.Err()
		}
		if err := sleep(ctx, wait, changed); err != nil {
			return err
		}
	}
}

// take takes the tokens if all are there; otherwise it takes none and returns how long to wait at least.
func (l *limiter) take(account string, now time.Time) (time.Duration, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pool.fill(now)
	wait := max(l.pool.wait(), l.paused.Sub(now))
	own := l.accountBucket(account, now)
	if own != nil {
		own.fill(now)
		wait = max(wait, own.wait())
	}
	if wait > 0 {
		return wait, l.changed
	}
	l.pool.tokens--
	if own != nil {
		own.tokens--
	}
	return 0, nil
}

func (l *limiter) accountBucket(account string, now time.Time) *bucket {
	if l.account == nil || account == "" {
		return nil
	}
	own := l.accounts[account]
	if own == nil {
		own = &bucket{share: *l.account, filled: now}
		l.accounts[account] = own
	}
	return own
}

// sleep waits for the duration, or until changed is closed.
func sleep(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

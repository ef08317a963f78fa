package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"metronome/internal/failure"
)

// An update that lost its race starts over after a pause; 40 attempts take about 15 s.
const (
	updateAttempts   = 40
	firstUpdatePause = 5 * time.Millisecond
	longUpdatePause  = 500 * time.Millisecond
)

// Update changes a JSON document by read, change and swap, and again if others were faster; what it wrote is returned.
// change gets the zero value and false where there is no document; it may be called many times, and what it does must
// depend on its argument alone. Its error ends the update and is returned as it is. A document that change leaves as it
// is, is not written. Losing every attempt is a Contention failure with ErrConflict.
func Update[T any](ctx context.Context, l Ledger, key string, change func(current T, exists bool) (T, error)) (T, error) {
	pause := firstUpdatePause
	for range updateAttempts {
		before, err := readState[T](ctx, l, key)
		if err != nil {
			return before.value, err
		}
		next, err := change(before.value, before.exists)
		if err != nil {
			return next, err
		}
		if err := before.replace(ctx, l, key, next); !lostRace(err) {
			return next, err
		}
		if err := wait(ctx, pause/2+rand.N(pause)); err != nil {
			return next, fmt.Errorf("update %s: %w", key, err)
		}
		pause = min(2*pause, longUpdatePause)
	}
	var none T
	return none, failure.New(failure.Contention, "ledger key", key, "others write this document all the time: try again",
		"update document: %w", ErrConflict)
}

// state is what an update started from.
type state[T any] struct {
	value   T
	data    []byte
	version Version
	exists  bool
}

func readState[T any](ctx context.Context, l Ledger, key string) (state[T], error) {
	var s state[T]
	var err error
	s.data, s.version, err = l.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return s, nil
	}
	if err == nil {
		s.exists, err = true, decode(key, s.data, &s.value)
	}
	return s, err
}

func (s state[T]) replace(ctx context.Context, l Ledger, key string, next T) error {
	data, err := encode(key, next)
	switch {
	case err != nil:
	case !s.exists:
		_, err = l.Create(ctx, key, data)
	case !bytes.Equal(s.data, data):
		_, err = l.Swap(ctx, key, data, s.version)
	}
	return err
}

func lostRace(err error) bool {
	return errors.Is(err, ErrConflict) || errors.Is(err, ErrExists) || errors.Is(err, ErrNotFound)
}

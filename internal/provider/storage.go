package provider

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// Storage is one entity's remote. Its methods may be called at the same time. All paths are slash-separated and relative to
// the remote. Errors are classified (failure.Error), but for a cancelled context's.
type Storage struct {
	*folder
	pool    *Pool
	account string
	remote  string // "name:path"
	cache   *listingCache

	listMu sync.Mutex // held while a folder is listed that should have been
}

// Storage opens a remote of the rclone configuration, "box-acme:Close/Acme US", for an account. A folder that is not there
// is fine. The first storage of a remote signs in, which most backends do without a request; the others share its
// connections and what it learned.
func (p *Pool) Storage(ctx context.Context, account, remote string) (*Storage, error) {
	at, err := parseRemote(remote, p.provider)
	if err != nil {
		return nil, err
	}
	s := &Storage{pool: p, account: account, remote: remote}
	opened, err := p.connection(ctx, s, at)
	if err != nil {
		return nil, err
	}
	s.folder = &folder{connection: opened, prefix: at.prefix}
	s.cache = newListingCache(s.Fold)
	return s, nil
}

// Fold returns the form in which two names or paths are equal where the provider takes them for the same: composed characters
// always, upper and lower case where it ignores case, or where rclone knows that this machine's file system does.
func (s *Storage) Fold(name string) string {
	if s.features().CaseInsensitive {
		return kind.Fold(name)
	}
	return s.kind.Fold(name)
}

func (s *Storage) operation(a action) *operation {
	return &operation{pool: s.pool, backend: s.backend, account: s.account, remote: s.remote, action: a}
}

// attempt runs an operation. On backends without HTTP it is paced and counted here, as one request. An answer that makes a
// backend panic (rclone's Dropbox does, on a 429 without details) is that operation's failure and not the process's end.
func (s *Storage) attempt(ctx context.Context, op *operation, run func(context.Context) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", errPanic, cause)
		}
	}()
	if s.backend.noHTTP {
		return s.pool.runWithoutHTTP(ctx, s.account, run)
	}
	defer func() {
		op.ended.Store(true)
		op.cancel()
	}()
	return run(op.context(ctx))
}

// errPanic marks an operation in which a backend panicked.
var errPanic = errors.New("the backend cannot handle the answer")

// runWithoutHTTP paces, counts and classifies an operation of a backend without HTTP.
func (p *Pool) runWithoutHTTP(ctx context.Context, account string, run func(context.Context) error) error {
	if err := p.limiter.admit(ctx, account); err != nil {
		return err
	}
	p.counts.sent()
	start := time.Now()
	err := run(ctx)
	p.counts.ran(err, time.Since(start))
	return err
}

// writeOutcome returns the classified outcome of a writing operation, and notes what is not known any more.
func (s *Storage) writeOutcome(op *operation, verb, path string, err error) error {
	refusal, written := op.outcome()
	if written != nil && (err == nil || isAnswered(err)) || err == nil && refusal == nil {
		return nil
	}
	err = op.fail(verb, path, err)
	switch class := failure.ClassOf(err); {
	case errors.Is(err, ErrTaken):
		s.cache.add(cached{path: path})
	case class == failure.Overload, class == "":
		s.cache.invalidate(path)
	}
	return err
}

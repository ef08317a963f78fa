package provider

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"metronome/internal/provider/kind"
)

// Create writes a file where none is; its folder exists. Where the name is taken the error is ErrTaken, and what is there
// stays untouched. After an error of class overload, or a cancelled context, the file may be there, whole or (on WebDAV) in
// part: list again. While it is sent, data is in memory about four times. It costs one request, and one for the listing of
// the folder where that was not listed before.
func (s *Storage) Create(ctx context.Context, path string, data []byte) error {
	return s.createFree(ctx, creating, "create file", path, func(ctx context.Context, path string) error {
		return s.backend.create(ctx, s, path, data)
	})
}

// createFree creates a file by any means, where its name is free.
func (s *Storage) createFree(ctx context.Context, a action, verb, path string, run func(context.Context, string) error) error {
	path = s.cache.canonical(clean(path))
	if err := s.requireFree(ctx, a, verb, path); err != nil {
		return err
	}
	done, err := s.pool.write(ctx)
	if err != nil {
		return err
	}
	defer done()
	op := s.operation(a)
	err = s.attempt(ctx, op, func(ctx context.Context) error { return run(ctx, path) })
	if errors.Is(err, errCannotCopy) {
		return err
	}
	if a == copying && err != nil && strings.Contains(err.Error(), errNotAllowed.Error()) {
		return s.copyBlocked(ctx, verb, path, op.fail(verb, path, err))
	}
	if err = s.writeOutcome(op, verb, path, err); err == nil {
		s.cache.add(cached{path: path})
	}
	return err
}

// copyBlocked returns why a copy was kept from going on: some backends find that the name is taken and would make room for it.
func (s *Storage) copyBlocked(ctx context.Context, verb, path string, cause error) error {
	if _, err := s.refreshFolder(ctx, parent(path)); err != nil {
		return err
	}
	if _, ok := s.cache.find(path); ok {
		return s.nameTaken(verb, path)
	}
	return cause
}

func (s *Storage) nameTaken(verb, path string) error {
	return s.refuse(path, "", "%s: %w", verb, ErrTaken)
}

// requireFree makes sure that a name is free as far as listings can tell, and lists its folder where that was not done. Only for
// a new file may the provider's own refusal stand in for the listing: not every server heeds the condition on a copy.
func (s *Storage) requireFree(ctx context.Context, a action, verb, path string) error {
	if _, ok := s.cache.find(path); ok {
		return s.nameTaken(verb, path)
	}
	if s.backend.createOnly && a == creating {
		return nil
	}
	exists, err := s.ensureListed(ctx, parent(path))
	if err != nil {
		return err
	}
	if !exists && parent(path) != "" && !s.features().BucketBased {
		return s.refuse(path, kind.HintMissing, "%s: its folder is missing", verb)
	}
	if _, ok := s.cache.find(path); ok {
		return s.nameTaken(verb, path)
	}
	return nil
}

// ensureListed lists a folder unless all that is in it is known already.
func (s *Storage) ensureListed(ctx context.Context, dir string) (exists bool, err error) {
	s.listMu.Lock()
	defer s.listMu.Unlock()
	if found, ok := s.cache.find(dir); ok && found.listed {
		return true, nil
	}
	return s.refreshFolder(ctx, dir)
}

// Complete finishes a file that an interrupted Create of ours left in part. It is the single exception from never
// overwriting, and so it is narrow: the file is read right before, and written only if what is there is the beginning of
// data and shorter than it, so that nothing but our own bytes is replaced. Anything else is ErrTaken. The caller must
// know that a Create of this path was under way and not answered: an empty file counts as a beginning.
//
// On providers where a file appears whole or not at all there are no fragments, and Complete answers ErrTaken.
func (s *Storage) Complete(ctx context.Context, path string, data []byte) error {
	const verb = "complete file"
	path = s.cache.canonical(clean(path))
	if s.backend.wholeFiles {
		return s.nameTaken(verb, path)
	}
	done, err := s.pool.write(ctx)
	if err != nil {
		return err
	}
	defer done()
	there, err := s.fragment(ctx, path)
	if err != nil {
		return err
	}
	if len(there) >= len(data) || !bytes.HasPrefix(data, there) {
		return s.nameTaken(verb, path)
	}
	op := s.operation(completing)
	err = s.attempt(ctx, op, func(ctx context.Context) error { return s.backend.create(ctx, s, path, data) })
	if err = s.writeOutcome(op, verb, path, err); err == nil {
		s.cache.add(cached{path: path})
	}
	return err
}

// fragment reads what is there now.
func (s *Storage) fragment(ctx context.Context, path string) ([]byte, error) {
	object, err := s.object(ctx, path)
	if err != nil {
		return nil, err
	}
	return s.read(ctx, object)
}

package provider

import (
	"bytes"
	"context"
)

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

package provider

import "context"

// Mkdir creates a folder whose parent exists. A folder that is there already is fine; a file in its place is not. For ""
// it creates the remote itself, with the folders above it that are missing.
func (s *Storage) Mkdir(ctx context.Context, dir string) error {
	dir = s.cache.canonical(clean(dir))
	if found, ok := s.cache.find(dir); ok {
		if found.dir {
			return nil
		}
		return s.fileInPlace(dir)
	}
	done, err := s.pool.write(ctx)
	if err != nil {
		return err
	}
	defer done()
	op := s.operation(making)
	op.parents = dir == ""
	err = s.attempt(ctx, op, func(ctx context.Context) error { return s.backend.mkdir(ctx, s, dir) })
	if err == nil && op.parents {
		s.cache.add(cached{dir: true})
		return nil
	}
	if refusal, _ := op.outcome(); refusal != nil && refusal.mayMeanExists() && !op.parents {
		return s.confirmFolder(ctx, dir, op.fail("create folder", dir, err))
	}
	if err = s.writeOutcome(op, "create folder", dir, err); err == nil {
		s.cache.add(cached{path: dir, dir: true, listed: s.isNew(op, dir)})
	}
	return err
}

// isNew reports whether a folder that is there now was made by the operation, and so is empty. Some backends are silent about
// a folder that was there before.
func (s *Storage) isNew(op *operation, dir string) bool {
	_, written := op.outcome()
	above, known := s.cache.find(parent(dir))
	return written != nil || known && above.listed
}

// mayMeanExists reports whether a refused folder may be there already: the statuses that servers use for that vary, and
// some of them also say that the parent is missing.
func (a *answer) mayMeanExists() bool {
	return a.meaning.taken || a.status == 405 || a.status == 406 || a.status == 409
}

// confirmFolder looks whether a folder that could not be created is there.
func (s *Storage) confirmFolder(ctx context.Context, dir string, refused error) error {
	if s.backend.createOnly {
		s.cache.add(cached{path: dir, dir: true})
		return nil
	}
	if _, err := s.refreshFolder(ctx, parent(dir)); err != nil {
		return err
	}
	switch found, ok := s.cache.find(dir); {
	case !ok:
		return refused
	case found.dir:
		return nil
	}
	return s.fileInPlace(dir)
}

func (s *Storage) fileInPlace(dir string) error {
	return s.refuse(dir, "rename the file, then run again", "create folder: a file has its name")
}

package provider

import (
	"context"
	"errors"

	rclone "github.com/rclone/rclone/fs"
)

// listFolder lists one folder.
func listFolder(ctx context.Context, s *Storage, dir string) ([]item, error) {
	op := s.operation(listing)
	op.shallow = true
	return s.listWith(ctx, op, dir)
}

// listWith lists with rclone's List.
func (s *Storage) listWith(ctx context.Context, op *operation, dir string) (entries []item, err error) {
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		entries, err = s.list(ctx, dir)
		return err
	})
	return entries, s.listOutcome(op, dir, err)
}

// listOutcome returns the classified outcome of a listing; a folder that is not there stays rclone's own error.
func (s *Storage) listOutcome(op *operation, dir string, err error) error {
	failed, _ := op.done()
	if !failed && (err == nil || errors.Is(err, rclone.ErrorDirNotFound)) {
		return err
	}
	return op.fail("list folder", dir, err)
}

// listByFolder lists a tree folder by folder.
func listByFolder(ctx context.Context, s *Storage, dir string) ([]item, error) {
	entries, err := listFolder(ctx, s, dir)
	if err != nil {
		return nil, err
	}
	return s.listBelow(ctx, entries, entries)
}

// listBelow lists the folders among some entries, and theirs, and adds what it finds to all.
func (s *Storage) listBelow(ctx context.Context, some, all []item) ([]item, error) {
	for _, entry := range some {
		if !entry.dir() {
			continue
		}
		below, err := listFolder(ctx, s, entry.path)
		if errors.Is(err, rclone.ErrorDirNotFound) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		if all, err = s.listBelow(ctx, below, append(all, below...)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// listRecursive lists a tree with rclone's ListR where the backend has one, else folder by folder.
func listRecursive(ctx context.Context, s *Storage, dir string) (entries []item, err error) {
	if s.features().ListR == nil {
		return listByFolder(ctx, s, dir)
	}
	op := s.operation(listing)
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		entries, err = s.listR(ctx, dir)
		return err
	})
	return entries, s.listOutcome(op, dir, err)
}

package provider

import (
	"context"
	"errors"
	"slices"
	"strings"

	rclone "github.com/rclone/rclone/fs"
)

// Tree is everything below a folder.
type Tree struct {
	Exists  bool    // the folder is there; on object stores a folder is there when something is in it
	Entries []Entry // by path, folders before what is in them; the folder itself is not among them
}

// Entry is a file or folder as the provider lists it.
type Entry struct {
	Path string // relative to the remote, as the provider spells it
	Dir  bool
	Size int64  // bytes; 0 for folders, negative where the provider does not tell
	Hash string // "md5:<hex>" or another kind; "" for folders and where the provider lists none
}

// Tree lists everything below a folder, "" being the remote itself, with as few requests as the provider allows: one where
// it lists whole trees. A folder that is not there is an empty tree, not an error. Temporary files that an interrupted
// Create of ours left (local and SFTP only) are removed, and not listed.
func (s *Storage) Tree(ctx context.Context, dir string) (Tree, error) {
	dir = s.cache.canonical(clean(dir))
	exists, err := s.refresh(ctx, dir, s.backend.list, true)
	if err != nil || !exists {
		return Tree{}, err
	}
	return Tree{Exists: true, Entries: s.below(ctx, dir)}, nil
}

// refreshFolder lists one folder only, and notes what it shows.
func (s *Storage) refreshFolder(ctx context.Context, dir string) (exists bool, err error) {
	return s.refresh(ctx, dir, listFolder, false)
}

// lister lists what is in a folder, or everything below it.
type lister func(ctx context.Context, s *Storage, dir string) ([]item, error)

// refresh lists a folder; deep says that the listing goes all the way down.
func (s *Storage) refresh(ctx context.Context, dir string, list lister, deep bool) (exists bool, err error) {
	entries, err := list(ctx, s, dir)
	switch {
	case errors.Is(err, rclone.ErrorDirNotFound):
		s.cache.forget(dir, true)
		return false, nil
	case err != nil:
		return false, err
	}
	s.remember(dir, entries, deep)
	return true, nil
}

// remember takes a listing into the cache. A deep listing knows every entry of every folder below, a shallow one the folder's
// own.
func (s *Storage) remember(dir string, entries []item, deep bool) {
	s.cache.forget(dir, deep)
	s.cache.add(cached{path: dir, dir: true, listed: true})
	for _, entry := range entries {
		s.cache.merge(cached{path: entry.path, dir: entry.dir(), listed: deep && entry.dir(), object: entry.object})
	}
}

// below returns what is known below a folder.
func (s *Storage) below(ctx context.Context, dir string) []Entry {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	prefix := s.Fold(dir) + "/"
	var entries []Entry
	for name, e := range s.cache.entries {
		if name != "" && (dir == "" || strings.HasPrefix(name, prefix)) {
			entries = append(entries, s.entry(ctx, e))
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return comparePaths(a.Path, b.Path) })
	return entries
}

// comparePaths orders paths so that what is in a folder follows it before the folder's siblings.
func comparePaths(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

func (s *Storage) entry(ctx context.Context, known cached) Entry {
	e := Entry{Path: known.path, Dir: known.dir}
	if known.object != nil {
		e.Size, e.Hash = known.object.Size(), s.hashOf(ctx, known.object)
	}
	return e
}

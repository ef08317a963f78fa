package provider

import (
	"context"
	"errors"
	"slices"
	"strings"

	rclone "github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/hash"
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
// it lists whole trees. A folder that is not there gives an empty tree, not an error. Temporary files that an interrupted
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

// remember takes a listing into the cache. A deep listing knows every entry of every folder below, a shallow one the folder's own.
func (s *Storage) remember(dir string, entries []item, deep bool) {
	s.cache.forget(dir, deep)
	s.cache.add(cached{path: dir, dir: true, listed: true})
	for _, entry := range entries {
		s.cache.merge(cached{path: entry.path, dir: entry.dir(), listed: deep && entry.dir(), object: entry.object})
	}
}

// below returns the known nodes below a folder.
func (s *Storage) below(ctx context.Context, dir string) []Entry {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	prefix := s.Fold(dir) + "/"
	var entries []Entry
	for name, p := range s.cache.entries {
		if name != "" && (dir == "" || strings.HasPrefix(name, prefix)) {
			entries = append(entries, s.entry(ctx, p))
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return comparePaths(a.Path, b.Path) })
	return entries
}

// comparePaths orders paths so that what is in a folder follows it before the folder's siblings.
func comparePaths(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

func (s *Storage) entry(ctx context.Context, p cached) Entry {
	e := Entry{Path: p.path, Dir: p.dir}
	if p.object != nil {
		e.Size, e.Hash = p.object.Size(), s.hashOf(ctx, p.object)
	}
	return e
}

// hashOf returns the hash that a listing brought along. Backends that would have to read the file for it, or ask for it, have
// none here.
func (s *Storage) hashOf(ctx context.Context, object rclone.Object) string {
	kind := s.hashType()
	if kind == hash.None {
		return ""
	}
	// An operation that may send nothing: a hash that was not in the listing is not worth a request.
	op := s.operation(0)
	ctx = op.context(ctx)
	defer op.cancel()
	sum, err := object.Hash(ctx, kind)
	if err != nil || sum == "" {
		return ""
	}
	return kind.String() + ":" + sum
}

// hashType returns the kind of hash that this backend lists.
func (s *Storage) hashType() hash.Type {
	if s.features().SlowHash {
		return hash.None
	}
	for _, kind := range s.fs.Hashes().Array() {
		return kind
	}
	return hash.None
}

// HashOf returns the hash of data in the kind that this storage lists, "" where it lists none.
func (s *Storage) HashOf(data []byte) string {
	kind := s.hashType()
	if kind == hash.None {
		return ""
	}
	return kind.String() + ":" + sums(hash.NewHashSet(kind), data)[kind]
}

// sums returns the hashes of data of several kinds.
func sums(kinds hash.Set, data []byte) map[hash.Type]string {
	all, err := hash.NewMultiHasherTypes(kinds)
	if err != nil {
		return map[hash.Type]string{}
	}
	_, _ = all.Write(data)
	return all.Sums()
}

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

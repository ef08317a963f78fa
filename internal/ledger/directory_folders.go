package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// The directory's own folders; keys do not begin with a dot.
const (
	temporaryFolder = ".tmp"
	locksFolder     = ".locks"
)

const (
	temporaryAge    = time.Hour // an older temporary file is of a process that was killed: none takes that long to write
	rememberedLimit = 100_000   // folders, about 10 MB
)

// folders creates the folders above documents. It remembers which of them survive a crash, as a folder's entry in its
// parent has to be synced once, by whoever relies on it, and syncing it for every document would triple the cost of a write.
type folders struct {
	root   string
	mu     sync.Mutex
	synced map[string]bool
}

func newFolders(root string) *folders { return &folders{root: root, synced: map[string]bool{}} }

// ensure creates a folder below the root, and gives those on the way to it whose parents sync must still see.
func (f *folders) ensure(folder string) ([]string, error) {
	var unsynced []string
	for at := folder; !f.isSynced(at); at = filepath.Dir(at) {
		unsynced = append(unsynced, at)
		if at == f.root {
			return f.ensureRoot(folder, unsynced)
		}
	}
	if len(unsynced) == 0 {
		return nil, nil
	}
	return unsynced, makeFolder(folder)
}

// ensureRoot also creates the root, with everything above it, and the directory's own folders.
func (f *folders) ensureRoot(folder string, unsynced []string) ([]string, error) {
	for above := filepath.Dir(f.root); !exists(above); above = filepath.Dir(above) {
		unsynced = append(unsynced, above)
	}
	for _, own := range []string{folder, filepath.Join(f.root, temporaryFolder), filepath.Join(f.root, locksFolder)} {
		if err := makeFolder(own); err != nil {
			return nil, err
		}
	}
	return unsynced, sweep(filepath.Join(f.root, temporaryFolder), time.Now().Add(-temporaryAge))
}

// sync makes folders survive a crash, from the top down, by syncing their parents.
func (f *folders) sync(unsynced []string) error {
	for _, folder := range slices.Backward(unsynced) {
		if err := syncFolder(filepath.Dir(folder)); err != nil {
			return err
		}
	}
	f.remember(unsynced)
	return nil
}

func (f *folders) isSynced(folder string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.synced[folder]
}

func (f *folders) remember(synced []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.synced) > rememberedLimit {
		clear(f.synced)
	}
	for _, folder := range synced {
		f.synced[folder] = true
	}
}

func (f *folders) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.synced)
}

// syncFolder makes the names in a folder survive a crash. Filesystems that cannot be asked to are taken at their word, and
// so is a folder above the ledger that this user may not read.
func syncFolder(folder string) error {
	file, err := os.Open(folder)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	err = file.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, file.Close())
}

// sweep removes the files in a folder that were last written before a moment. What vanishes meanwhile is fine.
func sweep(folder string, before time.Time) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || info.IsDir() || info.ModTime().After(before) {
			continue
		}
		if err := removed(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func makeFolder(name string) error {
	return os.MkdirAll(name, 0o777) //nolint:gosec // the umask decides who may use the ledger
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

package provider

import (
	"path"
	"strings"
	"sync"

	rclone "github.com/rclone/rclone/fs"
)

// listingCache is what a storage knows of its remote, by folded path.
type listingCache struct {
	mu      sync.Mutex
	fold    func(string) string
	entries map[string]cached
}

// cached is a file or folder that is known to exist.
type cached struct {
	path   string        // as the provider spells it
	dir    bool          // a folder
	listed bool          // a folder whose every entry is known
	object rclone.Object // a file that was listed
}

func newListingCache(fold func(string) string) *listingCache {
	return &listingCache{fold: fold, entries: map[string]cached{}}
}

// find returns what is known under a name.
func (a *listingCache) find(name string) (cached, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.entries[a.fold(name)]
	return p, ok
}

// canonical returns a path as the provider spells it, as far down as it is known.
func (a *listingCache) canonical(name string) string {
	if name == "" {
		return ""
	}
	if p, ok := a.find(name); ok {
		return p.path
	}
	return path.Join(a.canonical(parent(name)), path.Base(name))
}

// add notes that a place exists.
func (a *listingCache) add(p cached) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.entries[a.fold(p.path)] = p
}

// invalidate forgets a name, and that its folder's entries are all known: an answer was lost, so it may or may not exist.
func (a *listingCache) invalidate(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.entries, a.fold(name))
	dir := a.fold(parent(name))
	if p, ok := a.entries[dir]; ok {
		p.listed = false
		a.entries[dir] = p
	}
}

// merge notes a listed place, and keeps what is known of a folder's entries.
func (a *listingCache) merge(p cached) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := a.fold(p.path)
	if old, ok := a.entries[name]; ok && old.dir && p.dir {
		p.listed = p.listed || old.listed
	}
	a.entries[name] = p
}

// forget drops what is in a folder before it is noted anew: everything below it, or its files only.
func (a *listingCache) forget(dir string, everything bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	folded := a.fold(dir)
	for name, p := range a.entries {
		below := dir == "" || strings.HasPrefix(name, folded+"/")
		if below && (everything || !p.dir && parent(name) == folded) {
			delete(a.entries, name)
		}
	}
	delete(a.entries, folded)
}

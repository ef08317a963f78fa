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
func (c *listingCache) find(name string) (cached, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[c.fold(name)]
	return e, ok
}

// canonical returns a path as the provider spells it, as far down as it is known.
func (c *listingCache) canonical(name string) string {
	if name == "" {
		return ""
	}
	if e, ok := c.find(name); ok {
		return e.path
	}
	return path.Join(c.canonical(parent(name)), path.Base(name))
}

// add notes that a file or folder exists.
func (c *listingCache) add(e cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[c.fold(e.path)] = e
}

// invalidate forgets a name, and that its folder's entries are all known: an answer was lost, so it may or may not exist.
func (c *listingCache) invalidate(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, c.fold(name))
	dir := c.fold(parent(name))
	if e, ok := c.entries[dir]; ok {
		e.listed = false
		c.entries[dir] = e
	}
}

// merge notes a listed file or folder, and keeps what is known of a folder's entries.
func (c *listingCache) merge(e cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := c.fold(e.path)
	if old, ok := c.entries[name]; ok && old.dir && e.dir {
		e.listed = e.listed || old.listed
	}
	c.entries[name] = e
}

// forget drops what is in a folder before it is noted anew: everything below it, or its files only.
func (c *listingCache) forget(dir string, everything bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	folded := c.fold(dir)
	for name, e := range c.entries {
		below := dir == "" || strings.HasPrefix(name, folded+"/")
		if below && (everything || !e.dir && parent(name) == folded) {
			delete(c.entries, name)
		}
	}
	delete(c.entries, folded)
}

// clean returns a path without a slash at either end; "" is the remote itself.
func clean(name string) string {
	return strings.Trim(path.Clean("/"+name), "/")
}

// parent returns the folder that a path is in, "" for the remote itself.
func parent(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

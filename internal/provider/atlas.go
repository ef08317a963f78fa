package provider

import (
	"path"
	"strings"
	"sync"

	rclone "github.com/rclone/rclone/fs"
)

// atlas is what a storage knows of its remote, by folded path.
type atlas struct {
	mu     sync.Mutex
	fold   func(string) string
	places map[string]place
}

// place is a file or folder that is known to exist.
type place struct {
	path   string        // as the provider spells it
	dir    bool          // a folder
	whole  bool          // a folder whose every entry is known
	object rclone.Object // a file that was listed
}

func newAtlas(fold func(string) string) *atlas {
	return &atlas{fold: fold, places: map[string]place{}}
}

// find gives what is known under a name.
func (a *atlas) find(name string) (place, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.places[a.fold(name)]
	return p, ok
}

// spell gives a path as the provider spells it, as far down as it is known.
func (a *atlas) spell(name string) string {
	if name == "" {
		return ""
	}
	if p, ok := a.find(name); ok {
		return p.path
	}
	return path.Join(a.spell(parent(name)), path.Base(name))
}

// add notes that a place exists.
func (a *atlas) add(p place) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.places[a.fold(p.path)] = p
}

// doubt forgets a name, and that its folder's entries are all known: an answer was lost, so it may or may not exist.
func (a *atlas) doubt(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.places, a.fold(name))
	dir := a.fold(parent(name))
	if p, ok := a.places[dir]; ok {
		p.whole = false
		a.places[dir] = p
	}
}

// merge notes a listed place, and keeps what is known of a folder's entries.
func (a *atlas) merge(p place) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := a.fold(p.path)
	if old, ok := a.places[name]; ok && old.dir && p.dir {
		p.whole = p.whole || old.whole
	}
	a.places[name] = p
}

// forget drops what is in a folder before it is noted anew: everything below it, or its files only.
func (a *atlas) forget(dir string, everything bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	folded := a.fold(dir)
	for name, p := range a.places {
		below := dir == "" || strings.HasPrefix(name, folded+"/")
		if below && (everything || !p.dir && parent(name) == folded) {
			delete(a.places, name)
		}
	}
	delete(a.places, folded)
}

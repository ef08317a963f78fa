package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Snapshot is what a storage holds: the SHA-256 of every file by its path from the root, folders under a path that ends
// with a slash and with an empty sum.
type Snapshot map[string]string

// Difference is what changed between two snapshots, each list in order.
type Difference struct {
	Added, Removed, Changed []string
}

// Files returns what is below a directory: a provider's Root, or a bucket of it.
func Files(root string) (Snapshot, error) {
	snapshot := Snapshot{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return snapshot.add(filepath.ToSlash(name), path, entry)
	})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return snapshot, nil
}

// Files returns what a provider's storage holds.
func (s *Simulator) Files(provider string) (Snapshot, error) { return Files(s.Root(provider)) }

func (s Snapshot) add(name, path string, entry fs.DirEntry) (err error) {
	switch {
	case entry.IsDir() && strings.HasPrefix(entry.Name(), ".sgwtmp"):
		return filepath.SkipDir // unfinished uploads of versitygw
	case entry.IsDir():
		s[name+"/"] = ""
		return nil
	default:
		s[name], err = sum(path)
		return err
	}
}

func sum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Compare returns what changed from this snapshot to a later one.
func (s Snapshot) Compare(later Snapshot) Difference {
	var d Difference
	for path, before := range s {
		after, there := later[path]
		switch {
		case !there:
			d.Removed = append(d.Removed, path)
		case after != before:
			d.Changed = append(d.Changed, path)
		}
	}
	for path := range later {
		if _, there := s[path]; !there {
			d.Added = append(d.Added, path)
		}
	}
	slices.Sort(d.Added)
	slices.Sort(d.Removed)
	slices.Sort(d.Changed)
	return d
}

// Kept reports whether everything that was there is there unchanged; more may have come.
func (d Difference) Kept() bool { return len(d.Removed) == 0 && len(d.Changed) == 0 }

package provider

import (
	"context"
	"errors"
	"path"

	rclone "github.com/rclone/rclone/fs"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// Object stores have no folders. Here a folder is an empty object whose key ends with a slash, as their own consoles make it.

// putMarker creates the empty object that stands for a folder.
func putMarker(ctx context.Context, s *Storage, dir string) error {
	return s.putMark(ctx, dir)
}

// listBucket lists a tree with rclone's ListR, and adds the folders that only their content shows. An object store knows no
// empty folder without a marker: where nothing is below, the folder counts as missing.
func listBucket(ctx context.Context, s *Storage, dir string) (entries []item, err error) {
	op := s.operation(listing)
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		entries, err = s.listR(ctx, dir)
		return err
	})
	if err = s.listOutcome(op, dir, err); errors.Is(err, rclone.ErrorDirNotFound) {
		return nil, refuse(failure.Permanent, s.remote, kind.HintMissing, "list folder: there is no such bucket")
	}
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 && s.fullPath(dir) != "" {
		return nil, rclone.ErrorDirNotFound
	}
	return withFolders(dir, entries), nil
}

// withFolders adds the folders above the entries that are not among them.
func withFolders(dir string, entries []item) []item {
	known := map[string]bool{dir: true, "": true, ".": true}
	for _, entry := range entries {
		if entry.dir() {
			known[entry.path] = true
		}
	}
	for _, entry := range entries {
		for above := path.Dir(entry.path); !known[above]; above = path.Dir(above) {
			known[above] = true
			entries = append(entries, item{path: above})
		}
	}
	return entries
}

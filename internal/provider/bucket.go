package provider

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"

	rclone "github.com/rclone/rclone/fs"

	"metronome/internal/failure"
)

// Object stores have no folders. Here a folder is an empty object whose key ends with a slash, as their own consoles make it.

// putMarker creates the empty object that stands for a folder.
func putMarker(ctx context.Context, s *Storage, dir string) error {
	return putPlain(ctx, s, dir+"/", nil)
}

// listBucket lists a tree with rclone's ListR, and adds the folders that only their content shows. An object store knows no
// empty folder without a marker: where nothing is below, the folder counts as missing.
func listBucket(ctx context.Context, s *Storage, dir string) (entries rclone.DirEntries, err error) {
	op := s.operation(listing)
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		return s.fs.Features().ListR(ctx, dir, func(some rclone.DirEntries) error {
			entries = append(entries, some...)
			return nil
		})
	})
	if errors.Is(err, rclone.ErrorDirNotFound) {
		return nil, refuse(failure.Permanent, s.remote, hintMissing, "list folder: there is no such bucket")
	}
	if err = s.listed(op, dir, err); err != nil {
		return nil, err
	}
	if len(entries) == 0 && (dir != "" || strings.Contains(s.fs.Root(), "/")) {
		return nil, rclone.ErrorDirNotFound
	}
	return withFolders(dir, entries), nil
}

// withFolders adds the folders above the entries that are not among them.
func withFolders(dir string, entries rclone.DirEntries) rclone.DirEntries {
	known := map[string]bool{dir: true, "": true, ".": true}
	for _, entry := range entries {
		if _, isDir := entry.(rclone.Directory); isDir {
			known[entry.Remote()] = true
		}
	}
	for _, entry := range entries {
		for above := path.Dir(entry.Remote()); !known[above]; above = path.Dir(above) {
			known[above] = true
			entries = append(entries, rclone.NewDir(above, time.Time{}))
		}
	}
	return entries
}

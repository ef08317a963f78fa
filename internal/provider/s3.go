package provider

import (
	"context"
	"errors"
	"net/http"
	"path"
	"strings"
	"time"

	rclone "github.com/rclone/rclone/fs"

	"metronome/internal/failure"
)

// s3Dialect spends one request per folder and file, and one per thousand of a listing. Folders are empty objects whose key
// ends with a slash. Everything is written with If-None-Match: *, so the provider itself keeps what is there.
var s3Dialect = &dialect{
	override: map[string]string{
		"no_check_bucket":       "true",
		"no_head":               "true",
		"no_head_object":        "false",
		"directory_markers":     "false", // rclone's way costs three requests per folder
		"upload_cutoff":         "5Gi",   // one request per file: a file in parts cannot be refused by its name
		"use_presigned_request": "false",
		"versions":              "false",
		"version_at":            "off",
	},
	atomic: true,
	whole:  true,
	guards: []guard{
		{kinds: opening | listing | reading, method: http.MethodGet},
		{kinds: opening | reading, method: http.MethodHead},
		{kinds: making | creating | copying, method: http.MethodPut, writes: true, edit: onlyNew},
	},
	list:   listBucket,
	mkdir:  putMarker,
	create: putPlain,
	copy:   copyPlain,
}

// onlyNew makes a PUT fail where the key exists. It comes after signing, which S3 allows: only x-amz headers must be signed.
func onlyNew(op *operation, req *http.Request) (int, error) {
	isCopy := req.Header.Get("X-Amz-Copy-Source") != ""
	if isCopy != (op.kind == copying) {
		return 0, errForbidden
	}
	req.Header.Set("If-None-Match", "*")
	return 0, nil
}

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
	if err != nil {
		return nil, op.fail("list folder", dir, err)
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

package provider

import (
	"context"
	"net/http"
	"regexp"
)

// driveBackend talks to Google Drive, which lets two files of one name live in a folder and has no create-only condition:
// what keeps it from making a second one is the listing before.
var driveBackend = &backend{
	wholeFiles: true,
	override: map[string]string{
		"pacer_min_sleep": "1ms", // the limiter paces
		"pacer_burst":     "1000000",
		"import_formats":  "", // would turn an uploaded document into a Google one, under another name
	},
	guards: []guard{
		{actions: opening | listing | reading | making | creating | copying, method: http.MethodGet, lookup: true},
		{actions: making, method: http.MethodPost, path: regexp.MustCompile(`^(/drive/v3)?/files$`), writes: true},
		{actions: creating, method: http.MethodPost, path: drivePut, query: "uploadType=multipart", writes: true},
		{actions: creating, method: http.MethodPost, path: drivePut, query: "upload_id=", writes: true},
		{actions: creating, method: http.MethodPost, path: drivePut, query: "uploadType=resumable"},
		{actions: copying, method: http.MethodPost, path: regexp.MustCompile(`^(/drive/v3)?/files/[^/]+/copy$`), writes: true},
	},
	list:   listRecursive,
	mkdir:  mkdirPlain,
	create: putUnchecked,
	copy:   copyPlain,
}

var drivePut = regexp.MustCompile(`^(/upload/drive/v3)/files$`)

// listRecursive lists a tree with rclone's ListR where the backend has one, else folder by folder.
func listRecursive(ctx context.Context, s *Storage, dir string) (entries []item, err error) {
	if s.features().ListR == nil {
		return listByFolder(ctx, s, dir)
	}
	op := s.operation(listing)
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		entries, err = s.listR(ctx, dir)
		return err
	})
	return entries, s.listOutcome(op, dir, err)
}

// putUnchecked creates a file without looking for one of its name, which rclone's Put would replace.
func putUnchecked(ctx context.Context, s *Storage, path string, data []byte) error {
	return s.putUnchecked(ctx, path, data)
}

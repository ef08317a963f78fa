package provider

import (
	"net/http"
	"regexp"

	_ "github.com/rclone/rclone/backend/drive"
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

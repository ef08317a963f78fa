package provider

import (
	"net/http"
	"regexp"

	_ "github.com/rclone/rclone/backend/box"
)

// boxBackend talks to Box, which refuses a name that exists with 409 item_name_in_use, both for files and for folders.
// rclone's copy asks first whether the name is free; if it is not, the answer ends the operation before rclone can copy to a
// temporary name, delete what is there, and rename.
var boxBackend = &backend{
	wholeFiles: true,
	guards: []guard{
		{actions: opening | listing | reading | making | creating | copying, method: http.MethodGet, lookup: true},
		{actions: copying | reading, method: http.MethodOptions, path: regexp.MustCompile(`^/2\.0/files/content/?$`)},
		{actions: making, method: http.MethodPost, path: regexp.MustCompile(`^/2\.0/folders$`), writes: true},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`^/api/2\.0/files/content$`), writes: true},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`/files/upload_sessions$`)},
		{actions: creating, method: http.MethodPut, path: regexp.MustCompile(`/files/upload_sessions/[^/]+$`)},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`/files/upload_sessions/[^/]+/commit$`)},
		{actions: copying, method: http.MethodPost, path: regexp.MustCompile(`^/2\.0/files/[^/]+/copy$`), writes: true},
	},
	list:   listRecursive,
	mkdir:  mkdirPlain,
	create: putUnchecked,
	copy:   copyPlain,
}

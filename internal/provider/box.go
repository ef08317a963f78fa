package provider

import (
	"net/http"
	"regexp"
)

// boxDialect talks to Box, which refuses a name that exists with 409 item_name_in_use, both for files and for folders.
// rclone's copy asks first whether the name is free; if it is not, the answer ends the operation before rclone can copy to a
// temporary name, delete what is there, and rename.
var boxDialect = &dialect{
	whole: true,
	guards: []guard{
		{kinds: opening | listing | reading | making | creating | copying, method: http.MethodGet, lookup: true},
		{kinds: copying | reading, method: http.MethodOptions, path: regexp.MustCompile(`^/2\.0/files/content/?$`)},
		{kinds: making, method: http.MethodPost, path: regexp.MustCompile(`^/2\.0/folders$`), writes: true},
		{kinds: creating, method: http.MethodPost, path: regexp.MustCompile(`^/api/2\.0/files/content$`), writes: true},
		{kinds: creating, method: http.MethodPost, path: regexp.MustCompile(`/files/upload_sessions$`)},
		{kinds: creating, method: http.MethodPut, path: regexp.MustCompile(`/files/upload_sessions/[^/]+$`)},
		{kinds: creating, method: http.MethodPost, path: regexp.MustCompile(`/files/upload_sessions/[^/]+/commit$`)},
		{kinds: copying, method: http.MethodPost, path: regexp.MustCompile(`^/2\.0/files/[^/]+/copy$`), writes: true},
	},
	list:   listQuick,
	mkdir:  mkdirPlain,
	create: putUnchecked,
	copy:   copyPlain,
}

package provider

import (
	"net/http"
	"regexp"

	_ "github.com/rclone/rclone/backend/onedrive"
)

// onedriveBackend talks to OneDrive and SharePoint. Microsoft Graph replaces a file unless the request says otherwise, so
// every writing request is made to say conflictBehavior=fail. Files go in one request, up to Graph's limit of 250 MiB:
// rclone's sessions for larger ones would replace. The time of modification, a second writing request and a second version
// of the file, is not set.
var onedriveBackend = &backend{
	wholeFiles: true,
	override: map[string]string{
		"upload_cutoff": "250Mi",
		"no_versions":   "false",
	},
	guards: []guard{
		{actions: opening | listing | reading | making | creating | copying, method: http.MethodGet, lookup: true, after: true},
		{actions: making, method: http.MethodPost, path: regexp.MustCompile(`/children$`), writes: true},
		{actions: creating, method: http.MethodPut, path: regexp.MustCompile(`/content$`), writes: true, edit: failOnConflict},
		{actions: copying, method: http.MethodPost, path: regexp.MustCompile(`/copy$`), writes: true, edit: failOnConflict},
	},
	list:   listRecursive,
	mkdir:  mkdirPlain,
	create: putPlain,
	copy:   copyPlain,
}

// failOnConflict makes Graph refuse a name that exists.
func failOnConflict(_ *operation, req *http.Request) (int, error) {
	query := req.URL.Query()
	query.Set("@microsoft.graph.conflictBehavior", "fail")
	req.URL.RawQuery = query.Encode()
	return 0, nil
}

package provider

import (
	"net/http"
	"strings"

	_ "github.com/rclone/rclone/backend/azureblob"
)

// azureBackend talks to Azure Blob Storage, where If-None-Match: * makes a write create only. A request signed with the
// account's key covers that header, and the interceptor comes after signing, so there the listing before has to do; with SAS or
// Entra ID credentials the server refuses by itself.
var azureBackend = &backend{
	wholeFiles: true,
	override: map[string]string{
		"no_check_container":  "true",
		"no_head_object":      "false",
		"directory_markers":   "false",
		"chunk_size":          "100Mi", // one request per file up to here
		"copy_cutoff":         "256Mi",
		"use_copy_blob":       "true",
		"archive_tier_delete": "false",
	},
	guards: []guard{
		{actions: opening | listing | reading | creating | copying, method: http.MethodGet, lookup: true},
		{actions: opening | reading | copying, method: http.MethodHead, lookup: true},
		{actions: creating, method: http.MethodPut, query: "comp=blocklist", writes: true, edit: onlyNewBlob},
		{actions: creating, method: http.MethodPut, query: "comp=block"},
		{actions: making | creating | copying, method: http.MethodPut, writes: true, edit: onlyNewBlob},
	},
	list:   listBucket,
	mkdir:  putMarker,
	create: putPlain,
	copy:   copyPlain,
}

func onlyNewBlob(op *operation, req *http.Request) (int, error) {
	isCopy := headerOf(req, "X-Ms-Copy-Source") != ""
	if isCopy != (op.action == copying) || strings.Contains(req.URL.RawQuery, "restype=") {
		return 0, errNotAllowed
	}
	if !strings.HasPrefix(headerOf(req, "Authorization"), "SharedKey") {
		req.Header.Set("If-None-Match", "*")
	}
	return 0, nil
}

// headerOf returns a header of a request whatever the case of its key: Azure's library writes keys in lower case.
func headerOf(req *http.Request, name string) string {
	for key, values := range req.Header {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

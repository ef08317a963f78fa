package provider

import (
	"net/http"
	"regexp"

	_ "github.com/rclone/rclone/backend/googlecloudstorage"
)

// gcsBackend talks to Google Cloud Storage, where ifGenerationMatch=0 makes a write create only.
var gcsBackend = &backend{
	createOnly: true,
	wholeFiles: true,
	override: map[string]string{
		"no_check_bucket":   "true",
		"directory_markers": "false",
	},
	guards: []guard{
		{actions: opening | listing | reading, method: http.MethodGet, lookup: true},
		{actions: making | creating, method: http.MethodPost, path: gcsPut, query: "upload_id=", writes: true},
		{actions: making | creating, method: http.MethodPost, path: gcsPut, query: "uploadType=resumable", edit: generationZero},
		{actions: making | creating, method: http.MethodPost, path: gcsPut, writes: true, edit: generationZero},
		{actions: copying, method: http.MethodPost, path: regexp.MustCompile(`/rewriteTo/b/`), edit: generationZero},
	},
	list:   listBucket,
	mkdir:  putMarker,
	create: putPlain,
	copy:   copyPlain,
}

var gcsPut = regexp.MustCompile(`/upload/storage/v1/b/[^/]+/o$`)

// generationZero makes a write fail where the object exists.
func generationZero(_ *operation, req *http.Request) (int, error) {
	query := req.URL.Query()
	query.Set("ifGenerationMatch", "0")
	req.URL.RawQuery = query.Encode()
	return 0, nil
}

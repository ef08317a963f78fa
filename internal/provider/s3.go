package provider

import (
	"net/http"

	_ "github.com/rclone/rclone/backend/s3"
)

// s3Backend spends one request per folder and file, and one per thousand of a listing. Folders are empty objects whose key
// ends with a slash. Everything is written with If-None-Match: *, so the provider itself keeps what is there.
var s3Backend = &backend{
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
	createOnly: true,
	wholeFiles: true,
	guards: []guard{
		{actions: opening | listing | reading, method: http.MethodGet, lookup: true},
		{actions: opening | reading, method: http.MethodHead, lookup: true},
		{actions: making | creating | copying, method: http.MethodPut, writes: true, edit: onlyNew},
	},
	list:   listBucket,
	mkdir:  putMarker,
	create: putPlain,
	copy:   copyPlain,
}

// onlyNew makes a PUT fail where the key exists. It comes after signing, which S3 allows: only x-amz headers must be signed.
func onlyNew(op *operation, req *http.Request) (int, error) {
	isCopy := req.Header.Get("X-Amz-Copy-Source") != ""
	if isCopy != (op.action == copying) {
		return 0, errNotAllowed
	}
	req.Header.Set("If-None-Match", "*")
	return 0, nil
}

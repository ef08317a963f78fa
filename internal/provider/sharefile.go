package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	_ "github.com/rclone/rclone/backend/sharefile"
)

// sharefileBackend talks to ShareFile. An upload is announced first, and then sent to an address of the server's choice; the
// announcement is made to say that nothing may be overwritten. Copying would need a rename afterwards, so files are copied
// by reading and writing.
var sharefileBackend = &backend{
	wholeFiles: true,
	guards: []guard{
		{actions: opening | listing | reading | making | creating, method: http.MethodGet, lookup: true},
		{actions: making, method: http.MethodPost, path: regexp.MustCompile(`/Items\([^)]*\)/Folder$`), query: "overwrite=false", writes: true},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`/Items\([^)]*\)/Upload2$`), edit: announceNew},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`(?i)upload`), writes: true},
	},
	list:   listRecursive,
	mkdir:  mkdirPlain,
	create: putUnchecked,
}

// announceNew makes the announcement of an upload say that it may not overwrite.
func announceNew(_ *operation, req *http.Request) (int, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return 0, fmt.Errorf("read announcement: %w", err)
	}
	_ = req.Body.Close()
	var announcement map[string]any
	if err := json.Unmarshal(body, &announcement); err != nil {
		return 0, fmt.Errorf("read announcement: %w", errNotAllowed)
	}
	announcement["overwrite"] = false
	return 0, replaceBody(req, announcement)
}

// replaceBody returns a request another JSON body.
func replaceBody(req *http.Request, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write body: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.ContentLength = int64(len(body))
	if req.Header.Get("Content-Length") != "" {
		req.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return nil
}

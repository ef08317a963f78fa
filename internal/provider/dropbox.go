package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	_ "github.com/rclone/rclone/backend/dropbox"
)

// dropboxBackend talks to Dropbox. rclone uploads with mode "overwrite", which becomes "add" here: a name that exists is
// refused as a conflict. Batches are off, since they commit later than the operation ends.
var dropboxBackend = &backend{
	wholeFiles: true,
	absolute:   true,
	override: map[string]string{
		"batch_mode":      "off",
		"pacer_min_sleep": "0", // the limiter paces
		"shared_files":    "false",
		"shared_folders":  "false",
	},
	guards: []guard{
		{actions: opening | listing | reading | making | creating | copying, method: http.MethodPost, lookup: true, path: regexp.MustCompile(
			`^/2/(files/(get_metadata|list_folder|list_folder/continue)|users/get_current_account|team/members/get_info)$`)},
		{actions: reading, method: http.MethodPost, path: regexp.MustCompile(`^/2/files/(download|export)$`), lookup: true},
		{actions: making, method: http.MethodPost, path: regexp.MustCompile(`^/2/files/create_folder_v2$`), writes: true},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`^/2/files/upload$`), writes: true, edit: addOnly},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`^/2/files/upload_session/(start|append_v2)$`)},
		{actions: creating, method: http.MethodPost, path: regexp.MustCompile(`^/2/files/upload_session/finish$`), writes: true, edit: addOnly},
		{actions: copying, method: http.MethodPost, path: regexp.MustCompile(`^/2/files/copy_v2$`), writes: true},
	},
	list:   listRecursive,
	mkdir:  mkdirPlain,
	create: putPlain,
	copy:   copyPlain,
}

const dropboxArgument = "Dropbox-API-Arg"

// addOnly makes an upload refuse a name that exists, whatever is in the file there.
func addOnly(_ *operation, req *http.Request) (int, error) {
	var argument map[string]any
	if err := json.Unmarshal([]byte(req.Header.Get(dropboxArgument)), &argument); err != nil {
		return 0, fmt.Errorf("read %s: %w", dropboxArgument, errNotAllowed)
	}
	commit := argument
	if nested, ok := argument["commit"].(map[string]any); ok {
		commit = nested
	}
	commit["mode"], commit["autorename"], commit["strict_conflict"] = "add", false, true
	text, err := json.Marshal(argument)
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", dropboxArgument, errNotAllowed)
	}
	req.Header.Set(dropboxArgument, ascii(string(text)))
	return 0, nil
}

// ascii escapes what a header cannot carry, as JSON does it.
func ascii(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

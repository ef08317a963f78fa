package provider

import (
	"path"
	"strings"

	"metronome/internal/provider/kind"
)

// Fold returns the form in which two names or paths are equal where the provider takes them for the same: composed characters
// always, upper and lower case where it ignores case, or where rclone knows that this machine's file system does.
func (s *Storage) Fold(name string) string {
	if s.features().CaseInsensitive {
		return kind.Fold(name)
	}
	return s.kind.Fold(name)
}

// clean returns a path without a slash at either end; "" is the remote itself.
func clean(name string) string {
	name = strings.Trim(path.Clean("/"+name), "/")
	return name
}

// parent returns the folder that a path is in, "" for the remote itself.
func parent(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

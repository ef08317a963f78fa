package provider

import (
	"path"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which two names or paths compare equal where the provider takes them for the same: composed
// characters always (no provider keeps both spellings apart reliably), upper and lower case where it ignores case.
func (s *Storage) Fold(name string) string {
	name = norm.NFC.String(name)
	if s.features().CaseInsensitive {
		name = norm.NFC.String(cases.Fold().String(name))
	}
	return name
}

// Same tells whether the provider takes two names or paths for the same.
func (s *Storage) Same(a, b string) bool { return s.Fold(a) == s.Fold(b) }

// clean gives a path without a slash at either end; "" is the remote itself.
func clean(name string) string {
	name = strings.Trim(path.Clean("/"+name), "/")
	return name
}

// parent gives the folder that a path is in, "" for the remote itself.
func parent(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

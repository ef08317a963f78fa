package catalog

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest names and paths that all providers bear: 255 bytes per name on most file systems and Drive's and Box's
// practice, 400 characters per path on OneDrive.
const (
	maxNameBytes = 255
	maxPathRunes = 400
)

// rules are what a provider forbids beyond what is forbidden everywhere.
type rules struct {
	trailingDot bool
	leadingDot  bool
	characters  string
}

// portable are the rules for names that must be good at every provider, such as those of a template set.
var portable = rules{trailingDot: true, characters: `\:*?"<>|`}

// providerRules gives the rules of a backend. What it can encode otherwise (rclone replaces ":" by a look-alike, say) is
// left to it.
func providerRules(kind string) rules {
	switch kind {
	case "onedrive":
		return rules{trailingDot: true}
	case "sharefile":
		return rules{leadingDot: true, trailingDot: true}
	default:
		return rules{}
	}
}

// nameFlaw judges a name that people read: of an entity, an account, a checklist item.
func nameFlaw(name string) flaw {
	switch {
	case name == "":
		return flaw{message: "empty"}
	case len(name) > maxNameBytes:
		return flaw{fmt.Sprintf("%d bytes long, want at most %d", len(name), maxNameBytes), ""}
	case strings.TrimSpace(name) != name:
		return flaw{message: "begins or ends with a space"}
	case strings.ContainsFunc(name, unicode.IsControl):
		return flaw{message: "holds a control character"}
	}
	return flaw{}
}

// pathFlaw judges a relative path of folders and perhaps a file.
func pathFlaw(path string, forbidden rules) flaw {
	if n := utf8.RuneCountInString(path); n > maxPathRunes {
		return flaw{fmt.Sprintf("the path is %d characters long, want at most %d", n, maxPathRunes), ""}
	}
	for element := range strings.SplitSeq(path, "/") {
		if found := elementFlaw(element, forbidden); found.message != "" {
			return found
		}
	}
	return flaw{}
}

func elementFlaw(element string, forbidden rules) flaw {
	switch {
	case element == "":
		return flaw{"the path has an empty name", "no / at the beginning or end, and no //"}
	case element == "." || element == "..":
		return flaw{fmt.Sprintf("the path holds %q", element), "name the folder itself"}
	case len(element) > maxNameBytes:
		return flaw{fmt.Sprintf("a name of the path is %d bytes long, want at most %d", len(element), maxNameBytes), ""}
	case strings.ContainsFunc(element, unicode.IsControl):
		return flaw{message: "the path holds a control character"}
	case strings.Contains(element, `\`):
		return flaw{`the path holds \`, "separate folders by /"}
	case strings.TrimSpace(element) != element:
		return flaw{fmt.Sprintf("%q begins or ends with a space", element), "storage providers drop or refuse it"}
	}
	return forbidden.flaw(element)
}

func (r rules) flaw(element string) flaw {
	switch {
	case r.trailingDot && strings.HasSuffix(element, "."):
		return flaw{fmt.Sprintf("%q ends with a dot", element), "the storage provider refuses it"}
	case r.leadingDot && strings.HasPrefix(element, "."):
		return flaw{fmt.Sprintf("%q begins with a dot", element), "the storage provider refuses it"}
	case strings.ContainsAny(element, r.characters):
		return flaw{fmt.Sprintf("%q holds a character that storage providers forbid", element), `none of \ : * ? " < > |`}
	}
	return flaw{}
}

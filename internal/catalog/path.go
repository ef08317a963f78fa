package catalog

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"metronome/internal/provider/kind"
)

// nameFlaw judges a name that people read: of an entity, an account, a checklist item.
func nameFlaw(name string) flaw {
	switch {
	case name == "":
		return flaw{message: "empty"}
	case len(name) > kind.MaxNameBytes:
		return flaw{fmt.Sprintf("%d bytes long, want at most %d", len(name), kind.MaxNameBytes), ""}
	case strings.TrimSpace(name) != name:
		return flaw{message: "begins or ends with a space"}
	case strings.ContainsFunc(name, unicode.IsControl):
		return flaw{message: "holds a control character"}
	}
	return flaw{}
}

// pathFlaw judges a relative path of folders and perhaps a file.
func pathFlaw(path string, forbidden kind.PathRules) flaw {
	if n := utf8.RuneCountInString(path); n > kind.MaxPathCharacters {
		return flaw{fmt.Sprintf("the path is %d characters long, want at most %d", n, kind.MaxPathCharacters), ""}
	}
	for element := range strings.SplitSeq(path, "/") {
		if found := elementFlaw(element, forbidden); found.message != "" {
			return found
		}
	}
	return flaw{}
}

func elementFlaw(element string, forbidden kind.PathRules) flaw {
	switch {
	case element == "":
		return flaw{"the path has an empty name", "no / at the beginning or end, and no //"}
	case element == "." || element == "..":
		return flaw{fmt.Sprintf("the path holds %q", element), "name the folder itself"}
	case len(element) > kind.MaxNameBytes:
		return flaw{fmt.Sprintf("a name of the path is %d bytes long, want at most %d", len(element), kind.MaxNameBytes), ""}
	case strings.ContainsFunc(element, unicode.IsControl):
		return flaw{message: "the path holds a control character"}
	case strings.Contains(element, `\`):
		return flaw{`the path holds \`, "separate folders by /"}
	case strings.TrimSpace(element) != element:
		return flaw{fmt.Sprintf("%q begins or ends with a space", element), "storage providers drop or refuse it"}
	}
	return forbiddenFlaw(element, forbidden)
}

func forbiddenFlaw(element string, by kind.PathRules) flaw {
	switch {
	case by.TrailingDot && strings.HasSuffix(element, "."):
		return flaw{fmt.Sprintf("%q ends with a dot", element), "the storage provider refuses it"}
	case by.LeadingDot && strings.HasPrefix(element, "."):
		return flaw{fmt.Sprintf("%q begins with a dot", element), "the storage provider refuses it"}
	case strings.ContainsAny(element, by.Characters):
		return flaw{fmt.Sprintf("%q holds a character that storage providers forbid", element), `none of \ : * ? " < > |`}
	}
	return flaw{}
}

package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// safeName makes a name that every provider takes of a text: what some of them forbid becomes '-', spaces collapse, and
// spaces and dots at the ends go. It may be empty.
func safeName(text string) string {
	mapped := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|{}`, r):
			return '-'
		case unicode.IsControl(r), r == utf8.RuneError:
			return ' '
		}
		return r
	}, text)
	return trimName(strings.Join(strings.Fields(mapped), " "))
}

func trimName(name string) string { return strings.TrimRight(strings.TrimLeft(name, " "), " .") }

// cut shortens a name to at most so many bytes, between characters.
func cut(name string, most int) string {
	if len(name) <= most {
		return name
	}
	for most > 0 && !utf8.RuneStart(name[most]) {
		most--
	}
	return trimName(name[:most])
}

package catalog

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
)

// readPattern reads the glob of a document rule. It is matched name by name; ** stands for any number of folders.
func readPattern(v strictyaml.Value) string {
	pattern, ok := v.Text()
	if !ok {
		return ""
	}
	found := pathFlaw(pattern, kind.PathRules{})
	if strings.HasPrefix(pattern, "/") {
		found = flaw{"the pattern is absolute", "patterns are relative to the period's root folder"}
	}
	if found.message == "" {
		found = globFlaw(pattern)
	}
	if found.message != "" {
		v.Report(found.hint, "%s", found.message)
	}
	return pattern
}

func globFlaw(pattern string) flaw {
	if !doublestar.ValidatePattern(pattern) {
		return flaw{"not a pattern: a [ without its ] or a { without its }", "* ? [a-z] {a,b} within a name, ** across folders"}
	}
	for element := range strings.SplitSeq(pattern, "/") {
		if strings.Contains(element, "**") && element != "**" {
			return flaw{"** stands for whole folders", "Bank/**/*.pdf"}
		}
	}
	return flaw{}
}

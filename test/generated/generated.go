// Package generated holds files of the repository to what the code says: a test computes the text, and compares it with what
// is there, or writes it when it runs with -update (make generate).
package generated

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/strictyaml"
)

// File compares a whole file, or writes it.
func File(t testing.TB, update bool, path, want string) {
	t.Helper()
	if update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run make generate")
}

// Sections compares or writes parts of a page, by name: what stands between "<!-- name: generated -->" and
// "<!-- end of name -->".
func Sections(t testing.TB, update bool, path string, sections map[string]string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	text := string(data)
	for name, section := range sections {
		first, last := "<!-- "+name+": generated -->\n", "<!-- end of "+name+" -->\n"
		before, rest, found := strings.Cut(text, first)
		require.True(t, found, "%s has no section %q", path, name)
		_, after, found := strings.Cut(rest, last)
		require.True(t, found, "%s has no end of section %q", path, name)
		text = before + first + section + last + after
	}
	File(t, update, path, text)
}

// Keys is a table of the keys of a mapping. Where a key's value is a mapping itself, its keys stand in its place:
// `account.burst`.
func Keys(schema strictyaml.Schema) string {
	return "| key | values | required | default | meaning |\n| --- | --- | --- | --- | --- |\n" + rows("", schema, "yes")
}

func rows(above string, schema strictyaml.Schema, required string) string {
	var b strings.Builder
	for _, property := range schema.Properties {
		s := property.Schema
		if len(s.Properties) > 0 {
			if s.Properties[0].Schema.DefaultText == "" {
				s.Properties[0].Schema.DefaultText = s.DefaultText
			}
			b.WriteString(rows(above+property.Name+".", s, "within `"+property.Name+"`"))
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", above+property.Name, s.Values, needed(schema, property.Name, required), implied(s), s.Summary)
	}
	return b.String()
}

func needed(schema strictyaml.Schema, name, required string) string {
	if slices.Contains(schema.Required, name) {
		return required
	}
	return "no"
}

func implied(s strictyaml.Schema) string {
	switch s.Default.(type) {
	case nil:
		return s.DefaultText
	case map[string]any:
		return ""
	default:
		return fmt.Sprintf("`%v`", s.Default)
	}
}

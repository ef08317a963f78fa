package kind

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// update rewrites the tables of the page: go test ./internal/provider/kind -update.
var update = flag.Bool("update", false, "rewrite the tables of docs/configuration.md")

const page = "../../../docs/configuration.md"

// The page says of each provider what the code knows of it.
func TestTheDocumentedProviders(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	text := string(data)
	text = replaceBetween(t, text, "providers", providerTable())
	text = replaceBetween(t, text, "where to start", startTable())
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(text), 0o644))
	}
	require.Equal(t, string(data), text)
}

// replaceBetween puts a table between the marks that begin and end it.
func replaceBetween(t *testing.T, text, name, table string) string {
	t.Helper()
	first, last := "<!-- "+name+": generated -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(text, first)
	require.True(t, found, name)
	_, after, found := strings.Cut(rest, last)
	require.True(t, found, name)
	return before + first + table + last + after
}

func providerTable() string {
	var b strings.Builder
	b.WriteString("| `provider` | | remotes of type | upper and lower case | a listing shows | `serialWrites` |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range providers {
		letters := "differ"
		if p.IgnoresCase {
			letters = "are one"
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s | %s | `%t` |\n",
			p.Name, p.Title, strings.Join(p.Remotes, "`, `"), letters, p.Listing, p.SerialWrites)
	}
	return b.String()
}

func startTable() string {
	var b strings.Builder
	b.WriteString("| provider | settings | why |\n| --- | --- | --- |\n")
	for _, p := range providers {
		if p.Start != "" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", p.Title, p.Start, p.StartWhy)
		}
	}
	return b.String()
}

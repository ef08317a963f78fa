package kind

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"metronome/test/generated"
)

// update writes what is generated: make generate.
var update = flag.Bool("update", false, "rewrite the tables of docs/configuration.md")

// The page says of each provider what the code knows of it.
func TestGeneratedTables(t *testing.T) { //nolint:paralleltest // it writes with -update
	generated.Sections(t, *update, "../../../docs/configuration.md", map[string]string{
		"providers": providerTable(), "where to start": startTable(),
	})
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

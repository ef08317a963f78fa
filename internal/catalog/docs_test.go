package catalog_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/rollforward"
	"metronome/test/generated"
)

// fenced returns the first block of a language on a page.
func fenced(t *testing.T, page, language string) []byte {
	t.Helper()
	_, rest, found := strings.Cut(page, "```"+language+"\n")
	require.True(t, found)
	block, _, _ := strings.Cut(rest, "```")
	return []byte(block)
}

func TestTheDocumentedCatalogIsGood(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/catalog.md")
	require.NoError(t, err)
	page := string(data)

	entities, err := catalog.Parse("entities.jsonl", fenced(t, page, "json"), known)
	require.NoError(t, err)
	require.Len(t, entities.Entities, 1)

	set, err := catalog.ParseTemplates("standard", "standard.yaml", fenced(t, page, "yaml"))
	require.NoError(t, err)
	require.Equal(t, "{YYYY}/{MM} {Month}/Bank/1000 Cash- operating {YYYY}-{MM}.xlsx", set.Reconciliations.Items[0].Workbook)
	for _, token := range rollforward.Tokens {
		require.Contains(t, page, "`"+token+"`")
	}
}

func TestGeneratedTables(t *testing.T) { //nolint:paralleltest // it writes with -update
	sections := map[string]string{}
	for name, schema := range catalog.Tables() {
		sections[name] = generated.Keys(schema)
	}
	generated.Sections(t, *update, "../../docs/catalog.md", sections)
}

func TestTheDocumentedImport(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/catalog.md")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(page), "$ head -4 customers.csv\n")
	list, rest, _ := strings.Cut(rest, "$ metronome catalog import")
	_, rest, _ = strings.Cut(rest, "\n")
	want, _, _ := strings.Cut(rest, "```")
	got, err := catalog.Import([]byte(list), catalog.ImportOptions{
		Pools: []string{"box", "drive"}, Remote: "{pool}-main:Close/{name}", Timezone: "America/New_York",
	})
	require.NoError(t, err)
	require.Equal(t, want, string(catalog.Encode(got)))
}

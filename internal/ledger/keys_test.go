package ledger_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/run"
)

// TestKeysAreDocumented compares the keys with the table in docs/ledger.md, both ways.
func TestKeysAreDocumented(t *testing.T) {
	t.Parallel()
	p := period.New(2026, 12)
	placeholders := strings.NewReplacer("2026-12", "<period>", "/000007.", "/<beat>.", "%3C", "<", "%3E", ">")
	var keys []string
	for _, key := range []string{
		ledger.EntitiesKey, ledger.TemplateSetKey("<set>"),
		ledger.EntityKey("<entity>", p, ledger.PeriodName), ledger.EntityKey("<entity>", p, ledger.FoldersName),
		ledger.EntityKey("<entity>", p, ledger.ChecklistName), ledger.EntityKey("<entity>", p, ledger.ReconciliationsName),
		ledger.EntityKey("<entity>", p, ledger.DocumentsName), ledger.EntityKey("<entity>", p, ledger.ManifestName),
		ledger.ReceiptKey("<entity>", p, receipt.Stage("<stage>")),
		ledger.ChecklistWorkbookKey("<entity>", p), ledger.ReconciliationWorkbookKey("<entity>", p, "<id>"),
		run.LeaseKey(p), run.TempoKey("<pool>"), run.LimitsKey("<pool>"),
		run.RequestKey("<run>"), run.BatchKey("<run>", "<pool>", "<batch>"), run.ProgressKey("<run>", "<pool>", "<batch>"),
		run.BeatKey("<run>", "<pool>", 7), run.ReportKey("<run>"), run.ControlKey("<run>"), run.StaleKey("<run>"), ledger.ConditionsKey,
	} {
		keys = append(keys, placeholders.Replace(key))
	}
	require.ElementsMatch(t, keys, documentedKeys(t))
}

// documentedKeys returns the first column of the table below "## Keys".
func documentedKeys(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "ledger.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(text), "\n## Keys\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var keys []string
	for line := range strings.Lines(section) {
		if cell, ok := strings.CutPrefix(line, "| `"); ok {
			key, _, _ := strings.Cut(cell, "`")
			keys = append(keys, key)
		}
	}
	return keys
}

func TestKeysSort(t *testing.T) {
	t.Parallel()
	var beats []string
	for _, n := range []int{0, 9, 10, 99, 100, 12345} {
		beats = append(beats, run.BeatKey("r1", "box", n))
	}
	require.True(t, slices.IsSorted(beats))
}

package workbook

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
)

var december = period.New(2026, 12)

func acme() entity.Entity { return entity.Entity{ID: "acme", Name: "=Acme & Söhne <株式会社>"} }

func reconciliation() content.Reconciliation {
	return content.Reconciliation{
		ID: "R1", Account: "1000", Name: "Operating account", Currency: "USD", Opening: "-1234.50", OpeningProvisional: true,
		Closing: "99999999999999999.99", Status: content.NotStarted,
		Preparers: []content.Assignee{{Name: "Ann", Due: "BD3", DueDate: "2027-01-06"}, {Name: "Bo", Due: "BD4"}},
	}
}

func checklist() content.Checklist {
	return content.Checklist{Period: december, Items: []content.Item{
		{
			ID: "C1", Title: "=HYPERLINK(\"http://evil\")", Section: "+Cash", Frequency: content.Monthly, Status: content.NotStarted,
			Instructions: "@SUM(A1)\x00\x0b", Preparers: []content.Assignee{{Name: "-Ann", DueDate: "2027-01-06"}},
		},
		{ID: "C2", Title: "Ordinary", Preparers: []content.Assignee{{Name: "A", DueDate: "2027-01-05"}, {Name: "B", DueDate: "2027-01-06"}}},
	}}
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func TestChecklistHoldsTextsAsTexts(t *testing.T) {
	t.Parallel()
	data, err := Checklist(acme(), checklist())
	require.NoError(t, err)
	file := open(t, data)
	for at, want := range map[string]string{
		"B2": "=Acme & Söhne <株式会社>", "B3": "2026-12", "C6": "=HYPERLINK(\"http://evil\")", "B6": "+Cash", "F6": "-Ann",
		"G6": "2027-01-06", "K6": "@SUM(A1)", "G7": "2027-01-05\n2027-01-06",
	} {
		got, err := file.GetCellValue("Checklist", at)
		require.NoError(t, err)
		require.Equal(t, want, got, at)
		formula, err := file.GetCellFormula("Checklist", at)
		require.NoError(t, err)
		require.Empty(t, formula, at)
	}
}

func TestReconciliationHoldsNumbersAsNumbers(t *testing.T) {
	t.Parallel()
	data, err := Reconciliation(acme(), reconciliation(), december)
	require.NoError(t, err)
	file := open(t, data)
	opening, err := file.GetCellType("Reconciliation", "D10")
	require.NoError(t, err)
	require.Equal(t, excelize.CellTypeUnset, opening, "a number")
	raw, err := file.GetCellValue("Reconciliation", "D10", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Equal(t, "-1234.5", raw)
	closing, err := file.GetCellValue("Reconciliation", "D32")
	require.NoError(t, err)
	require.Equal(t, "99999999999999999.99", closing, "more digits than a spreadsheet keeps stay a text")
	formula, err := file.GetCellFormula("Reconciliation", "D33")
	require.NoError(t, err)
	require.Equal(t, "D31-D32", formula)
}

func TestSameInputGivesSameBytes(t *testing.T) {
	t.Parallel()
	list, err := Checklist(acme(), checklist())
	require.NoError(t, err)
	one, err := Reconciliation(acme(), reconciliation(), december)
	require.NoError(t, err)
	for range 50 {
		again, err := Checklist(acme(), checklist())
		require.NoError(t, err)
		require.Equal(t, list, again)
		again, err = Reconciliation(acme(), reconciliation(), december)
		require.NoError(t, err)
		require.Equal(t, one, again)
	}
}

func TestCellsHoldWhatTheyCan(t *testing.T) {
	t.Parallel()
	long := clean(strings.Repeat("ä", longestCell+10))
	require.Len(t, []rune(long), longestCell)
	require.Equal(t, "ab\tc\n", clean("a\x00b\tc\n\x1f\ufffe"))
}

// TestLibreOfficeOpensThem converts workbooks as their readers' programs would read them.
func TestLibreOfficeOpensThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list, err := Checklist(acme(), checklist())
	require.NoError(t, err)
	one, err := Reconciliation(acme(), reconciliation(), december)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "list.xlsx"), list, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one.xlsx"), one, 0o600))
	convert := exec.Command("soffice", "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", dir, filepath.Join(dir, "list.xlsx"), filepath.Join(dir, "one.xlsx"))
	out, err := convert.CombinedOutput()
	require.NoError(t, err, "LibreOffice is needed (make packages): %s", out)
	csv, err := os.ReadFile(filepath.Join(dir, "list.csv"))
	require.NoError(t, err)
	require.Contains(t, string(csv), `"=HYPERLINK(""http://evil"")"`)
	require.Contains(t, string(csv), "=Acme & Söhne <株式会社>")
	csv, err = os.ReadFile(filepath.Join(dir, "one.csv"))
	require.NoError(t, err)
	require.Contains(t, string(csv), `Balance by this reconciliation,,"-1,234.50"`, "LibreOffice computed the sum")
}

func FuzzChecklist(f *testing.F) {
	f.Add("=1+1", "\x00", "2027-13-45")
	f.Fuzz(func(t *testing.T, title, name, due string) {
		c := content.Checklist{Period: december, Items: []content.Item{
			{ID: "C1", Title: title, Preparers: []content.Assignee{{Name: name, DueDate: due}}},
		}}
		data, err := Checklist(acme(), c)
		require.NoError(t, err)
		got, err := open(t, data).GetCellValue("Checklist", "C6")
		require.NoError(t, err)
		require.Equal(t, strings.ReplaceAll(clean(title), "\r", ""), got)
	})
}

func BenchmarkReconciliation(b *testing.B) {
	for b.Loop() {
		if _, err := Reconciliation(acme(), reconciliation(), december); err != nil {
			b.Fatal(err)
		}
	}
}

package workbook

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
)

var december, november = period.New(2026, 12), period.New(2026, 11)

func acme() entity.Entity { return entity.Entity{ID: "acme", Name: "=Acme & Söhne <株式会社>"} }

func reconciliation() content.Reconciliation {
	return content.Reconciliation{
		ID: "R1", Account: "1000", Name: "Operating account", Currency: "USD", Opening: "-1234.50", OpeningProvisional: true,
		Closing: "765.5", Status: content.NotStarted,
		Preparers: []content.Assignee{{Name: "Ann", Due: "BD3", DueDate: "2027-01-06"}, {Name: "+Bo", Due: "BD4"}},
		Reviewers: []content.Assignee{{Name: "Cy", Due: "BD5", DueDate: "2027-01-08"}},
		SignOffs:  []content.SignOff{{Name: "Ann", At: time.Date(2027, 1, 5, 23, 0, 0, 0, time.UTC)}},
	}
}

func checklist() content.Checklist {
	return content.Checklist{Period: december, Items: []content.Item{
		{
			ID: "C1", Title: "=HYPERLINK(\"http://evil\")", Section: "+Cash", Frequency: content.SemiAnnual, Status: content.NotStarted,
			Instructions: "@SUM(A1)\x00\x0b", Preparers: []content.Assignee{{Name: "-Ann", DueDate: "2027-01-06"}},
		},
		{
			ID: "C2", Title: "Ordinary", Status: content.SignedOff, Folder: "\tA_x0041_B",
			Preparers: []content.Assignee{{Name: "A", DueDate: "2027-01-05"}, {Name: "B", DueDate: "2027-01-06"}},
		},
	}}
}

func render(t *testing.T, data []byte, err error) *excelize.File {
	t.Helper()
	require.NoError(t, err)
	file, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	return file
}

// requireCells compares cells as a spreadsheet shows them.
func requireCells(t *testing.T, file *excelize.File, want map[string]string) {
	t.Helper()
	for at, text := range want {
		got, err := file.GetCellValue(file.GetSheetName(0), at)
		require.NoError(t, err)
		require.Equal(t, text, got, at)
	}
}

func requireFormulas(t *testing.T, file *excelize.File, want map[string]string) {
	t.Helper()
	for at, text := range want {
		got, err := file.GetCellFormula(file.GetSheetName(0), at)
		require.NoError(t, err)
		require.Equal(t, text, got, at)
	}
}

func TestChecklist(t *testing.T) {
	t.Parallel()
	data, err := Checklist(acme(), checklist())
	file := render(t, data, err)
	requireCells(t, file, map[string]string{
		"A1": "Close checklist", "A2": "=Acme & Söhne <株式会社>", "B3": "December 2026", "A6": "Section", "K6": "Id",
		"A7": "+Cash", "B7": "=HYPERLINK(\"http://evil\")", "C7": "-Ann", "D7": "2027-01-06", "E7": "", "G7": "Not started",
		"H7": "Semi-annual", "J7": "@SUM(A1)", "C8": "A\nB", "D8": "2027-01-05\n2027-01-06", "G8": "Signed off", "I8": "\tA_x0041_B",
	})
	requireFormulas(t, file, map[string]string{
		"A2": "", "A7": "", "B7": "", "C7": "", "J7": "", "B4": `COUNTIF(G7:G8,"Signed off")&" of 2"`,
	})
	number, err := file.GetCellValue("Checklist", "D7", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Equal(t, "46393", number, "a date is a number")
	validations, err := file.GetDataValidations("Checklist")
	require.NoError(t, err)
	require.Len(t, validations, 1)
	require.Equal(t, "G7:G8", validations[0].Sqref)
	require.Equal(t, `"Not started,In progress,Signed off"`, validations[0].Formula1)
	panes, err := file.GetPanes("Checklist")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 6, panes.YSplit)
}

func TestEmptyChecklist(t *testing.T) {
	t.Parallel()
	data, err := Checklist(acme(), content.Checklist{Period: december})
	file := render(t, data, err)
	requireFormulas(t, file, map[string]string{"B4": `COUNTIF(G7:G7,"Signed off")&" of 0"`})
}

func TestReconciliation(t *testing.T) {
	t.Parallel()
	data, err := Reconciliation(acme(), reconciliation(), december)
	file := render(t, data, err)
	requireCells(t, file, map[string]string{
		"B4": "1000 Operating account", "B5": "December 2026", "B6": "USD", "B7": "Not started", "D4": "-1,234.50",
		"E4": "Provisional until November 2026 is closed", "D7": "765.50", "A10": "Date", "D10": "Amount",
		"A33": "Role", "A34": "Preparer", "B34": "Ann", "C34": "2027-01-06", "D34": "2027-01-05", "B35": "+Bo", "C35": "",
		"A36": "Reviewer", "B36": "Cy", "D36": "",
	})
	requireFormulas(t, file, map[string]string{
		"D4": "", "D5": "SUM(D11:D31)", "D6": "N(D4)+D5", "D8": `IF(D7="","",ROUND(D6-D7,6))`, "B35": "",
	})
	raw, err := file.GetCellValue("Reconciliation", "D4", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Equal(t, "-1234.5", raw, "a balance is a number")
}

func TestBalances(t *testing.T) {
	t.Parallel()
	tests := []struct {
		about, balance, currency, want string
		isNumber                       bool
	}{
		{"decimals of the currency", "1234567.891", "USD", "1,234,567.89", true},
		{"none", "1234", "JPY", "1,234", true},
		{"three", "1.5", "KWD", "1.500", true},
		{"an unknown currency", "1.5", "???", "1.50", true},
		{"15 digits", "9999999999999.99", "USD", "9,999,999,999,999.99", true},
		{"16 digits", "99999999999999.99", "USD", "99999999999999.99", false},
		{"leading zeros", "000000000000000001.50", "USD", "1.50", true},
		{"zero", "0", "USD", "0.00", true},
		{"unknown", "", "USD", "", false},
		{"infinite", "Inf", "USD", "Inf", false},
		{"hexadecimal", "0x10", "USD", "0x10", false},
		{"exponent", "1e5", "USD", "1e5", false},
		{"formula", "=1+1", "USD", "=1+1", false},
	}
	for _, test := range tests {
		t.Run(test.about, func(t *testing.T) {
			t.Parallel()
			r := reconciliation()
			r.Opening, r.Currency = test.balance, test.currency
			data, err := Reconciliation(acme(), r, december)
			file := render(t, data, err)
			requireCells(t, file, map[string]string{"D4": test.want})
			kind, err := file.GetCellType("Reconciliation", "D4")
			require.NoError(t, err)
			require.Equal(t, test.isNumber || test.balance == "", kind == excelize.CellTypeUnset)
			formula, err := file.GetCellFormula("Reconciliation", "D6")
			require.NoError(t, err)
			require.Equal(t, test.isNumber || test.balance == "", formula != "", "computed of what is safe only")
		})
	}
}

func TestNoteOfOpening(t *testing.T) {
	t.Parallel()
	r := reconciliation()
	r.OpeningStale = true
	require.Equal(t, "Stale: November 2026 has changed since", noteOf(r, november))
	r.OpeningStale, r.OpeningProvisional = false, false
	require.Empty(t, noteOf(r, november))
}

func TestSignedOffOnTheDayOfTheEntitysZone(t *testing.T) {
	t.Parallel()
	signOffs := reconciliation().SignOffs
	require.Equal(t, "2027-01-05", signedOffOn(signOffs, "Ann", time.UTC))
	require.Equal(t, "2027-01-06", signedOffOn(signOffs, "Ann", time.FixedZone("Berlin", 3600)))
	require.Empty(t, signedOffOn(signOffs, "Bo", time.UTC))

	e := acme()
	e.Timezone = "Nowhere/Nowhere"
	_, err := Reconciliation(e, reconciliation(), december)
	require.ErrorContains(t, err, `load timezone "Nowhere/Nowhere" of entity acme`)
}

func TestSameInputGivesSameBytes(t *testing.T) {
	t.Parallel()
	list, err := Checklist(acme(), checklist())
	require.NoError(t, err)
	one, err := Reconciliation(acme(), reconciliation(), december)
	require.NoError(t, err)
	for range 20 {
		again, err := Checklist(acme(), checklist())
		require.NoError(t, err)
		require.Equal(t, list, again)
		again, err = Reconciliation(acme(), reconciliation(), december)
		require.NoError(t, err)
		require.Equal(t, one, again)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ab\tc\n", clean("a\x00b\tc\n\x1f\ufffe"))
	require.Equal(t, "a\nb\nc", clean("a\r\nb\rc"))
	for _, text := range []string{strings.Repeat("ä", longestCell+10), strings.Repeat("😀", longestCell)} {
		cut := clean(text)
		require.True(t, strings.HasSuffix(cut, "…"))
		units := len(utf16.Encode([]rune(cut)))
		require.True(t, units == longestCell || units == longestCell-1, "%d units", units)
	}
	require.Len(t, []rune(clean(strings.Repeat("ä", longestCell))), longestCell)
}

func TestLinesOf(t *testing.T) {
	t.Parallel()
	require.Equal(t, 1, linesOf("", 10))
	require.Equal(t, 1, linesOf("0123456789", 10))
	require.Equal(t, 2, linesOf("0123456789a", 10))
	require.Equal(t, 2, linesOf("株式会社株式", 10), "wide characters")
	require.Equal(t, 3, linesOf("a\n\nb", 10))
}

// TestQuotes looks for the mark that keeps a text from becoming a formula when somebody edits its cell.
func TestQuotes(t *testing.T) {
	t.Parallel()
	data, err := Checklist(acme(), checklist())
	require.NoError(t, err)
	styles := part(t, data, "xl/styles.xml")
	require.Contains(t, styles, `quotePrefix="true"`)
	plain := checklist()
	plain.Items = nil
	data, err = Checklist(entity.Entity{Name: "Acme"}, plain)
	require.NoError(t, err)
	require.NotContains(t, part(t, data, "xl/styles.xml"), `quotePrefix="true"`)
}

func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	file, err := archive.Open(name)
	require.NoError(t, err)
	content, err := io.ReadAll(file)
	require.NoError(t, err)
	return string(content)
}

func FuzzChecklist(f *testing.F) {
	f.Add("=1+1", "\x00", "2027-13-45")
	f.Add("_x0009_", " a ", "9999-12-31")
	f.Fuzz(func(t *testing.T, title, name, due string) {
		c := content.Checklist{Period: december, Items: []content.Item{
			{ID: "C1", Title: title, Preparers: []content.Assignee{{Name: name, DueDate: due}}},
		}}
		data, err := Checklist(acme(), c)
		file := render(t, data, err)
		requireCells(t, file, map[string]string{"B7": clean(title), "C7": clean(name)})
	})
}

func BenchmarkReconciliation(b *testing.B) {
	for b.Loop() {
		if _, err := Reconciliation(acme(), reconciliation(), december); err != nil {
			b.Fatal(err)
		}
	}
}

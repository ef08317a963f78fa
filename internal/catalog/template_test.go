package catalog_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/calendar"
	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/content"
	"metronome/internal/entity"
)

// update rewrites golden files: go test ./internal/catalog -update.
var update = flag.Bool("update", false, "rewrite the golden files")

func TestParseTemplatesReadsASet(t *testing.T) {
	t.Parallel()
	got, err := catalog.ParseTemplates("standard", "standard.yaml", testdata(t, "standard.yaml"))
	require.NoError(t, err)
	const month = "{YYYY}/{MM} {Month}"
	ann := func(due string) []content.Assignee { return []content.Assignee{{Name: "Ann Archer", Due: due}} }
	require.Equal(t, content.TemplateSet{
		Version: 1,
		Folders: []string{month, month + "/Bank", month + "/Financial statements", month + "/Payroll/Pay runs"},
		Checklist: content.ChecklistSet{
			Workbook: month + "/Checklist {YYYY}-{MM}.xlsx",
			Items: []content.Item{
				{
					ID: "bank-statements", Title: "Collect the bank statements of {Month}", Section: "Cash", Folder: month + "/Bank",
					Instructions: "All accounts, as PDF.\nOne file per account.\n", Frequency: content.Monthly, Status: content.NotStarted,
					Preparers: ann("BD1"),
					Reviewers: []content.Assignee{
						{Name: "Ravi Rao", Due: "BD3"}, {Name: "Zoë Zahn", Due: "BD5", Frequency: content.Quarterly},
					},
				},
				{
					ID: "tax-return", Title: "File the tax return for FY{FYYY}", Frequency: content.Annual, Status: content.NotStarted,
					Preparers: []content.Assignee{{Name: "Tax team", Due: "D60"}},
				},
				{
					ID: "payroll", Title: "Reconcile payroll", Folder: month + "/Payroll", Frequency: content.Monthly,
					Status: content.NotStarted, Preparers: []content.Assignee{{Name: "Tax team", Due: "D60"}},
				},
			},
		},
		Reconciliations: content.ReconciliationSet{Items: []content.Reconciliation{
			{
				ID: "cash-1000", Account: "1000", Name: "Cash: operating", Currency: "USD", Folder: month + "/Bank",
				Workbook: month + "/Bank/1000 Cash- operating {YYYY}-{MM}.xlsx", Frequency: content.Monthly, Status: content.NotStarted,
				Preparers: ann("BD3"), Reviewers: []content.Assignee{{Name: "Ravi Rao", Due: "BD3"}},
			},
			{
				ID: "debt", Account: "2100", Name: "Bank debt", Currency: "EUR", Folder: month + "/Bank",
				Workbook: month + "/Bank/Debt {FYYY} {Mon}.xlsx", Frequency: content.Quarterly, Status: content.NotStarted,
				Preparers: ann("BD-1"),
			},
			{
				ID: "equity", Account: "0300", Name: "Equity", Currency: "EUR", Folder: month + "/Financial statements",
				Workbook: month + "/Equity {YYYY}-{MM}.xlsx", Frequency: content.Annual, Status: content.NotStarted, Preparers: ann("EOM"),
			},
		}},
		Documents: []content.DocumentRule{
			{Pattern: "Bank/*.pdf", Action: content.Skip},
			{Pattern: "Bank/Agreements/**", Action: content.Copy},
			{Pattern: "**/*.docx", Action: content.Placeholder},
		},
	}, got)
}

func TestParseTemplatesReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := catalog.ParseTemplates("Broken!", "broken.yaml", testdata(t, "broken.yaml"))
	got := strings.Join(problemsOf(t, err), "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile("testdata/broken.txt", []byte(got), 0o644))
	}
	require.Equal(t, string(testdata(t, "broken.txt")), got)
}

func TestParseTemplatesFindsNamesThatCannotBeRolled(t *testing.T) {
	t.Parallel()
	_, err := catalog.ParseTemplates("standard", "standard.yaml", []byte(`version: 1
folders: ["FY{FY}/P{MM}"]
checklist:
  workbook: "FY{FY}/P{MM}/Checklist {YY}{MM}.xlsx"
  items: [{id: a, title: "Close {Mon} {Month}", frequency: monthly, preparers: [{name: A, due: BD1}]}]
`))
	require.Equal(t, []string{
		`4: checklist.workbook "FY{FY}/P{MM}/Checklist {YY}{MM}.xlsx": "FY26/P01/Checklist 2601.xlsx" of 2026-01 rolls to ` +
			`"FY26/P02/Checklist 2601.xlsx", not to "FY26/P02/Checklist 2602.xlsx", with a fiscal year that ends in month 12 ` +
			`(write the period so that it can be read back, like {YYYY}/{MM} {Month}, {YYYY}-{MM} or FY{FY} Q{FQ})`,
	}, problemsOf(t, err))

	_, err = catalog.ParseTemplates("standard", "standard.yaml", []byte("version: 1\nfolders: [\"{YYYY}/Q{Q}\"]\n"))
	require.Equal(t, []string{
		`1: cannot make 2026-01 with a fiscal year that ends in month 12: folders: no folder holds the period 2026-01 alone ` +
			`(begin the folders with the period, such as {YYYY}/{MM} {Month})`,
	}, problemsOf(t, err))
}

func TestParseTemplatesFindsPathsThatBecomeOne(t *testing.T) {
	t.Parallel()
	_, err := catalog.ParseTemplates("standard", "standard.yaml", []byte(`version: 1
folders: ["{YYYY}/{Month}", "{FYYY}/{Mon}", "{YYYY}/{MM}", "{YYYY}/Q{Q}/x", "{YYYY}/q{FQ}/x"]
`))
	require.Equal(t, []string{
		`2: folders[4] "{YYYY}/q{FQ}/x": becomes "2026/q1/x" in 2026-01 with a fiscal year that ends in month 10, as folders[3] on line 2 does`,
		`2: folders[1] "{FYYY}/{Mon}": becomes "2026/May" in 2026-05 with a fiscal year that ends in month 5, as folders[0] on line 2 does`,
	}, problemsOf(t, err))
}

func TestCheckTemplatesUsesTheCalendarsOfTheEntities(t *testing.T) {
	t.Parallel()
	set := []byte(`version: 1
folders: ["{YYYY}/{MM}"]
checklist:
  workbook: "{YYYY}/{MM}/Checklist.xlsx"
  items:
    - {id: a, title: A, frequency: monthly, preparers: [{name: A, due: BD3}], reviewers: [{name: B, due: D7}]}
`)
	_, err := catalog.ParseTemplates("standard", "standard.yaml", set)
	require.NoError(t, err)

	entities := catalog.Catalog{Entities: []entity.Entity{at("a", "box-acme:a"), at("b", "box-acme:b")}}
	entities.Entities[0].Calendar, entities.Entities[1].Calendar = "US", "JP"
	entities.Entities[0].Close, entities.Entities[1].Close = entity.StandardClose, ""
	uses, err := entities.Requirements(config.Config{}.Calendar)
	require.NoError(t, err)
	_, err = catalog.CheckTemplates("standard", "standard.yaml", set, uses["standard"])
	require.Equal(t, []string{
		`6: checklist.items[0].preparers[0].due "BD3": due after the reviewer's D7 (line 6): in 2026-04 on 2026-05-08, not by ` +
			`2026-05-07, in calendar JP (a preparer is due no later than a reviewer)`,
	}, problemsOf(t, err))
}

func TestUsesNamesTheCalendarThatFails(t *testing.T) {
	t.Parallel()
	_, err := catalog.Catalog{Entities: []entity.Entity{at("a", "box-acme:a")}}.Requirements(func(string) (*calendar.Calendar, error) {
		return nil, errors.New("no such calendar")
	})
	require.EqualError(t, err, `open calendar "US": no such calendar`)
}

func TestCheckTemplatesMeasuresPathsAtTheDeepestEntity(t *testing.T) {
	t.Parallel()
	set := []byte(`version: 1
folders: ["{YYYY}/{MM} {Month}"]
checklist: {workbook: "{YYYY}/{MM} {Month}/List {YYYY}.xlsx", items: []}
`)
	deep := strings.Repeat("é", 100) + "/" + strings.Repeat("x", 100) + "/" + strings.Repeat("y", 165)
	for length, want := range map[int][]string{
		0: nil,
		1: {`3: checklist.workbook "{YYYY}/{MM} {Month}/List {YYYY}.xlsx": the path is up to 401 characters long at entity b, ` +
			`expected at most 400 (shorten the path here or in the catalog)`},
	} {
		entities := catalog.Catalog{Entities: []entity.Entity{at("a", "box-acme:a"), at("b", "box-acme:"+deep+strings.Repeat("y", length))}}
		uses, err := entities.Requirements(config.Config{}.Calendar)
		require.NoError(t, err)
		_, err = catalog.CheckTemplates("standard", "standard.yaml", set, uses["standard"])
		if want == nil {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, want, problemsOf(t, err))
	}
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return data
}

package rollforward_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden rolls entities through fourteen months and compares all that comes out. The files are meant to be read.
func TestGolden(t *testing.T) {
	t.Parallel()
	short := standardSet()
	rename := strings.NewReplacer("{YYYY}/{MM} {Month}", "FY{FYYY}/Q{FQ}/{Mon} {YY}")
	for i := range short.Folders {
		short.Folders[i] = rename.Replace(short.Folders[i])
	}
	short.Checklist.Workbook = rename.Replace(short.Checklist.Workbook)
	for i := range short.Checklist.Items {
		short.Checklist.Items[i].Folder = rename.Replace(short.Checklist.Items[i].Folder)
	}
	for i := range short.Reconciliations.Items {
		one := &short.Reconciliations.Items[i]
		one.Folder, one.Workbook = rename.Replace(one.Folder), rename.Replace(one.Workbook)
	}
	nonClose := acme(12)
	nonClose.Close = entity.NonClose
	tests := []struct {
		name    string
		set     content.TemplateSet
		entity  entity.Entity
		country string
		first   string
	}{
		{"calendar-year-us", standardSet(), acme(12), "US", "2025-12"},
		{"fiscal-june-gb", standardSet(), acme(6), "GB", "2026-05"},
		{"fiscal-september-short-names-de", short, acme(9), "DE-BY", "2026-04"},
		{"non-close-us", content.TemplateSet{Folders: standardSet().Folders, Checklist: content.ChecklistSet{
			Workbook: "{YYYY}/{MM} {Month}/Checklist {YYYY}-{MM}.xlsx",
			Items: []content.Item{
				item("cash", "Count the cash", content.Monthly, assignee("Ann", "BD3"), assignee("Bob", "D31")),
			},
		}}, nonClose, "US", "2026-11"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := rollMonths(t, test.set, test.entity, calendarOf(t, test.country), month(t, test.first))
			file := filepath.Join("testdata", test.name+".golden")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

// rollMonths rolls an entity from its first month on and writes down what each month has.
func rollMonths(t *testing.T, set content.TemplateSet, e entity.Entity, c *calendar.Calendar, p period.Period) string {
	t.Helper()
	var b strings.Builder
	var folders *content.Folders
	var checklist *content.Checklist
	var reconciliations *content.Reconciliations
	var documents *content.Documents
	for range 14 {
		f, err := rollforward.Folders(folders, set, p, e.PeriodCalendar())
		require.NoError(t, err)
		l, err := rollforward.Checklist(checklist, set, p, e, c)
		require.NoError(t, err)
		r, err := rollforward.Reconciliations(reconciliations, content.Closed, set, p, e, c)
		require.NoError(t, err)
		d, err := rollforward.Documents(documents, set, f, e.PeriodCalendar())
		require.NoError(t, err)
		require.Equal(t, l, rollforward.PlaceChecklist(l, f), "everything lies in the tree")
		placed, err := rollforward.PlaceReconciliations(r, f)
		require.NoError(t, err)
		require.Equal(t, r, placed, "everything lies in the tree")
		writePeriod(&b, f, l, r, d)
		for i := range r.Items {
			r.Items[i].Closing = fmt.Sprintf("%04d%02d.%d", p.Year(), p.Month(), len(r.Items[i].ID)) // says of which period and item it is
		}
		folders, checklist, reconciliations, documents = &f, &l, &r, &d
		p = e.PeriodCalendar().Next(p)
	}
	return b.String()
}

func writePeriod(b *strings.Builder, f content.Folders, l content.Checklist, r content.Reconciliations, d content.Documents) {
	fmt.Fprintf(b, "== %s  root %s, documents from %s\n", f.Period, f.Root, d.PriorRoot)
	for _, folder := range f.Paths {
		fmt.Fprintf(b, "folder  %s\n", folder)
	}
	fmt.Fprintf(b, "list    %s\n", l.Workbook)
	for _, item := range l.Items {
		fmt.Fprintf(b, "item    %-9s %s [%s]%s%s\n", item.ID, item.Title, item.Folder, due("prepare", item.Preparers),
			due("review", item.Reviewers))
	}
	for _, item := range r.Items {
		fmt.Fprintf(b, "balance %-9s %s, opening %q%s%s\n", item.ID, item.Workbook, item.Opening, due("prepare", item.Preparers),
			due("review", item.Reviewers))
	}
	fmt.Fprintf(b, "resting")
	for _, item := range l.NotDue {
		fmt.Fprintf(b, " %s (%s)", item.ID, item.Title)
	}
	for _, item := range r.NotDue {
		fmt.Fprintf(b, " %s (%s)", item.ID, item.Closing)
	}
	fmt.Fprint(b, "\n\n")
}

func due(what string, assignees []content.Assignee) string {
	var text strings.Builder
	for _, a := range assignees {
		fmt.Fprintf(&text, ", %s %s %s (%s)", a.Name, what, a.DueDate, a.Due)
	}
	return text.String()
}

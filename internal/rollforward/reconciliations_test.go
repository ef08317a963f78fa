package rollforward_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

func TestOpeningBalances(t *testing.T) {
	t.Parallel()
	base := content.Reconciliations{
		Period: month(t, "2026-11"), SeenTemplates: []string{},
		Items: []content.Reconciliation{{
			ID: "cash", Account: "1000", Name: "Cash", Currency: "USD", Folder: "2026/11 November", Frequency: content.Monthly,
			Workbook: "2026/11 November/1000 Cash 2026-11.xlsx", Opening: "1.00", Closing: "-2.50", Status: content.SignedOff,
			OpeningStale: true, WorkbookStale: true, Comments: []string{"done"}, Preparers: assignee("Ann", "BD3"),
		}},
	}
	for state, provisional := range map[content.PeriodState]bool{
		content.Open: true, content.Closed: false, content.Locked: false, "": true,
	} {
		got, err := rollforward.Reconciliations(&base, state, content.TemplateSet{}, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
		require.NoError(t, err)
		require.Equal(t, []content.Reconciliation{{
			ID: "cash", Account: "1000", Name: "Cash", Currency: "USD", Folder: "2026/12 December", Frequency: content.Monthly,
			Workbook: "2026/12 December/1000 Cash 2026-12.xlsx", Opening: "-2.50", OpeningProvisional: provisional,
			Status: content.NotStarted, Preparers: []content.Assignee{{Name: "Ann", Due: "BD3", DueDate: "2027-01-06"}},
		}}, got.Items)
		require.Equal(t, []string{"2026/11 November/1000 Cash 2026-11.xlsx"}, got.PriorWorkbooks)
	}
}

func TestReconciliationsOfTheTemplateSet(t *testing.T) {
	t.Parallel()
	got, err := rollforward.Reconciliations(nil, content.Open, standardSet(), month(t, "2026-11"), acme(12), calendarOf(t, "US"))
	require.NoError(t, err)
	require.Len(t, got.Items, 2)
	require.Empty(t, got.Items[0].Opening)
	require.True(t, got.Items[0].OpeningProvisional)
	require.Equal(t, "assets", got.NotDue[0].ID)
	require.Equal(t, "2026/11 November/Reconciliations/1500 Fixed assets 2026-11.xlsx", got.NotDue[0].Workbook)
	require.Equal(t, []string{"cash", "accrued", "assets"}, got.SeenTemplates)
}

// TestAccountNumbersAreNotYears rolls account 2026 past the end of 2026.
func TestAccountNumbersAreNotYears(t *testing.T) {
	t.Parallel()
	set := standardSet()
	set.Folders = append(set.Folders, "{YYYY}/{MM} {Month}/2026 Accrued expenses")
	folders, err := rollforward.Folders(nil, set, month(t, "2026-12"), period.MonthlyCalendar(12))
	require.NoError(t, err)
	folders, err = rollforward.Folders(&folders, set, month(t, "2027-01"), period.MonthlyCalendar(12))
	require.NoError(t, err)
	require.Contains(t, folders.Paths, "2027/01 January/2026 Accrued expenses")
	reconciliations, err := rollforward.Reconciliations(nil, content.Open, set, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
	require.NoError(t, err)
	reconciliations, err = rollforward.Reconciliations(&reconciliations, content.Open, set, month(t, "2027-01"), acme(12), calendarOf(t, "US"))
	require.NoError(t, err)
	require.Equal(t, "2027/01 January/Reconciliations/2026 Accrued expenses 2027-01.xlsx", reconciliations.Items[1].Workbook)
}

func TestReconciliationsErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, first, second, want string }{
		{"one workbook for two", "2026-11/Cash.xlsx", "2026-11/CASH.xlsx",
			`reconciliations: item b: workbook "2026-12/CASH.xlsx": item a has the same workbook`},
		{"one workbook for two, in capitals", "2026-11/Straße.xlsx", "2026-11/STRASSE.xlsx",
			`reconciliations: item b: workbook "2026-12/STRASSE.xlsx": item a has the same workbook`},
		{"no workbook", "2026-11/Cash.xlsx", "", `reconciliations: item b: workbook: not the path of a workbook`},
		{"a way out", "2026-11/Cash.xlsx", "../Cash.xlsx",
			`reconciliations: item b: workbook "../Cash.xlsx": not the path of a workbook`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := content.Reconciliations{Period: month(t, "2026-11"), Items: []content.Reconciliation{
				{ID: "a", Workbook: test.first, Frequency: content.Monthly}, {ID: "b", Workbook: test.second, Frequency: content.Monthly},
			}}
			_, err := rollforward.Reconciliations(&base, content.Open, content.TemplateSet{}, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
			require.EqualError(t, err, test.want)
		})
	}
}

func TestPlaceReconciliations(t *testing.T) {
	t.Parallel()
	tree := content.Folders{Root: "2026-12", Paths: []string{"2026-12", "2026-12/Bank"}}
	got, err := rollforward.PlaceReconciliations(content.Reconciliations{Items: []content.Reconciliation{
		{ID: "a", Folder: "2026-12/Bank", Workbook: "2026-12/Bank/A.xlsx"}, {ID: "b", Folder: "2026-12/Gone", Workbook: "2026-12/Gone/B.xlsx"},
	}}, tree)
	require.NoError(t, err)
	require.Equal(t, "2026-12/Bank/A.xlsx", got.Items[0].Workbook)
	require.Equal(t, "2026-12", got.Items[1].Folder)
	require.Equal(t, "2026-12/B.xlsx", got.Items[1].Workbook)
	_, err = rollforward.PlaceReconciliations(content.Reconciliations{Items: []content.Reconciliation{
		{ID: "a", Workbook: "2026-12/One/A.xlsx"}, {ID: "b", Workbook: "2026-12/Two/A.xlsx"},
	}}, tree)
	require.ErrorContains(t, err, "item a has the same workbook")
}

func TestRefreshOpenings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		item    content.Reconciliation
		closing string
		state   content.PeriodState
		want    content.Reconciliation
		changed bool
	}{
		{"the balance came after the roll", content.Reconciliation{OpeningProvisional: true}, "5.00", content.Open,
			content.Reconciliation{Opening: "5.00", OpeningProvisional: true, WorkbookStale: true}, true},
		{"the prior period closed", content.Reconciliation{Opening: "5.00", OpeningProvisional: true}, "5.00", content.Closed,
			content.Reconciliation{Opening: "5.00"}, true},
		{"its balance moved back", content.Reconciliation{Opening: "6.00", OpeningProvisional: true, WorkbookStale: true}, "5.00", content.Open,
			content.Reconciliation{Opening: "5.00", OpeningProvisional: true, WorkbookStale: true}, true},
		{"its sign-off was taken back", content.Reconciliation{Opening: "5.00", OpeningProvisional: true, OpeningStale: true}, "5.00",
			content.Open, content.Reconciliation{Opening: "5.00", OpeningProvisional: true}, true},
		{"nothing new", content.Reconciliation{Opening: "5.00", OpeningProvisional: true}, "5.00", content.Open,
			content.Reconciliation{Opening: "5.00", OpeningProvisional: true}, false},
		{"the prior period reopened", content.Reconciliation{Opening: "5.00"}, "5.00", content.Open,
			content.Reconciliation{Opening: "5.00", OpeningStale: true}, true},
		{"it closed again, the same", content.Reconciliation{Opening: "5.00", OpeningStale: true}, "5.00", content.Closed,
			content.Reconciliation{Opening: "5.00"}, true},
		{"it closed again with another balance", content.Reconciliation{Opening: "5.00", OpeningStale: true}, "6.00", content.Closed,
			content.Reconciliation{Opening: "5.00", OpeningStale: true}, false},
		{"signed off: never replaced", content.Reconciliation{Opening: "5.00", OpeningProvisional: true, Status: content.SignedOff}, "6.00",
			content.Closed, content.Reconciliation{Opening: "5.00", OpeningProvisional: true, OpeningStale: true, Status: content.SignedOff}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.item.ID, test.want.ID = "cash", "cash"
			other := content.Reconciliation{ID: "new", Opening: "1.00"}
			current := content.Reconciliations{Items: []content.Reconciliation{test.item, other}}
			prior := content.Reconciliations{Items: []content.Reconciliation{{ID: "cash", Closing: test.closing}}}
			got, changed := rollforward.RefreshOpenings(current, prior, test.state)
			require.Equal(t, []content.Reconciliation{test.want, other}, got.Items)
			require.Equal(t, test.changed, changed)
			require.Equal(t, test.want.OpeningStale || test.want.WorkbookStale, len(rollforward.StaleItemIDs(got)) == 1)
			require.Equal(t, test.item, current.Items[0], "the input stays as it is")
		})
	}
}

// A closing balance that is no amount would open the next period: the entity fails, naming document, item and value.
func TestClosingBalancesAreAmounts(t *testing.T) {
	t.Parallel()
	roll := func(items, notDue []content.Reconciliation) error {
		base := content.Reconciliations{Period: month(t, "2026-11"), SeenTemplates: []string{}, Items: items, NotDue: notDue}
		_, err := rollforward.Reconciliations(&base, content.Open, content.TemplateSet{}, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
		return err
	}
	item := func(closing string) []content.Reconciliation {
		return []content.Reconciliation{{
			ID: "cash", Account: "1000", Name: "Cash", Currency: "USD", Folder: "2026/11 November", Frequency: content.Monthly,
			Workbook: "2026/11 November/1000 Cash 2026-11.xlsx", Closing: closing, Preparers: assignee("Ann", "BD3"),
		}}
	}
	for _, amount := range []string{"", "0", "-2.50", "+7", "12.", ".5", "12345678901234567890.123"} {
		require.NoError(t, roll(item(amount), nil), amount)
		require.NoError(t, roll(nil, item(amount)), amount)
	}
	for _, bad := range []string{"abc", "=1+1", "1e999", "Inf", "NaN", "0x10", "1,234.50", " 1", "1 ", "-", ".", "--1", "1.2.3", "１２"} {
		for _, err := range []error{roll(item(bad), nil), roll(nil, item(bad))} {
			require.ErrorContains(t, err, `reconciliations.json of 2026-11: item cash: closing`, bad)
			require.ErrorContains(t, err, "not an amount", bad)
			require.Equal(t, failure.Data, failure.ClassOf(err))
		}
	}
}

package rollforward_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

func TestChecklistIsCleared(t *testing.T) {
	t.Parallel()
	base := content.Checklist{
		Period: month(t, "2026-11"), Workbook: "2026/11 November/List.xlsx", SeenTemplates: []string{},
		Items: []content.Item{{
			ID: "bank", Title: "Bank of November", Section: "Cash", Folder: "2026/11 November/Bank", Instructions: "See Nov memo",
			Frequency: content.Monthly, Status: content.SignedOff, Comments: []string{"done"},
			SignOffs:  []content.SignOff{{Name: "Ann", At: time.Now()}},
			Preparers: []content.Assignee{{Name: "Ann", Due: "BD1", DueDate: "2026-12-01"}},
		}},
	}
	before := asJSON(t, base)
	got, err := rollforward.Checklist(&base, content.TemplateSet{}, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
	require.NoError(t, err)
	require.Equal(t, content.Checklist{
		Version: 1, Period: month(t, "2026-12"), Workbook: "2026/12 December/List.xlsx", PriorWorkbook: base.Workbook, SeenTemplates: []string{},
		Items: []content.Item{{
			ID: "bank", Title: "Bank of December", Section: "Cash", Folder: "2026/12 December/Bank", Instructions: "See Nov memo",
			Frequency: content.Monthly, Status: content.NotStarted,
			Preparers: []content.Assignee{{Name: "Ann", Due: "BD1", DueDate: "2027-01-04"}},
		}},
	}, got)
	require.Equal(t, before, asJSON(t, base), "the base stays as it is")
}

// TestChecklistFollowsIds checks which items there are, and in which order.
func TestChecklistFollowsIds(t *testing.T) {
	t.Parallel()
	monthly := func(ids ...string) []content.Item {
		var items []content.Item
		for _, id := range ids {
			items = append(items, item(id, id, content.Monthly, assignee("Ann", "BD1"), nil))
		}
		return items
	}
	quarterly := item("q", "q", content.Quarterly, assignee("Ann", "BD1"), nil)
	once := item("once", "once", content.Once, assignee("Ann", "BD1"), nil)
	tests := []struct {
		name               string
		base               content.Checklist
		set                []content.Item
		target             string
		items, rest, known []string
	}{
		{"deleted stays deleted", content.Checklist{Items: monthly("a"), SeenTemplates: []string{"a", "b"}}, monthly("a", "b"), "2026-12",
			[]string{"a"}, nil, []string{"a", "b"}},
		{"new is added at its place", content.Checklist{Items: monthly("a", "own", "c"), SeenTemplates: []string{"a", "c"}},
			monthly("a", "b", "c", "d"), "2026-12", []string{"a", "b", "own", "c", "d"}, nil, []string{"a", "c", "b", "d"}},
		{"new before all", content.Checklist{Items: monthly("b"), SeenTemplates: []string{"b"}}, monthly("a", "b"), "2026-12",
			[]string{"a", "b"}, nil, []string{"b", "a"}},
		{"made by hand under the template's id", content.Checklist{Items: monthly("a"), SeenTemplates: []string{}}, monthly("a"), "2026-12",
			[]string{"a"}, nil, []string{"a"}},
		{"removed from the template set", content.Checklist{Items: monthly("a", "b"), SeenTemplates: []string{"a", "b"}}, monthly("a"), "2026-12",
			[]string{"a", "b"}, nil, []string{"a", "b"}},
		{"unknown what was seen", content.Checklist{Items: monthly("a")}, monthly("a", "b"), "2026-12", []string{"a"}, nil,
			[]string{"a", "b"}},
		{"once is dropped", content.Checklist{Items: append(monthly("a"), once), NotDue: []content.Item{once}, SeenTemplates: []string{"once"}},
			[]content.Item{once}, "2026-12", []string{"a"}, nil, []string{"once"}},
		{"new once is due at once", content.Checklist{Items: monthly("a"), SeenTemplates: []string{}}, []content.Item{once}, "2026-12",
			[]string{"a", "once"}, nil, []string{"once"}},
		{"not due is remembered", content.Checklist{Items: append(monthly("a"), quarterly), SeenTemplates: []string{}}, nil, "2027-01",
			[]string{"a"}, []string{"q"}, []string{}},
		{"remembered stays so", content.Checklist{Items: monthly("a"), NotDue: []content.Item{quarterly}, SeenTemplates: []string{}}, nil,
			"2027-02", []string{"a"}, []string{"q"}, []string{}},
		{"remembered comes back to its place", content.Checklist{
			Items: monthly("a", "z"), NotDue: []content.Item{quarterly}, SeenTemplates: []string{"a", "q", "z"},
		}, append(append(monthly("a"), quarterly), monthly("z")...), "2027-03", []string{"a", "q", "z"}, nil, []string{"a", "q", "z"}},
		{"new but not due is remembered", content.Checklist{Items: monthly("a"), SeenTemplates: []string{}}, []content.Item{quarterly}, "2027-01",
			[]string{"a"}, []string{"q"}, []string{"q"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.base.Period = period.MonthlyCalendar(12).Prior(month(t, test.target))
			set := content.TemplateSet{Checklist: content.ChecklistSet{Items: test.set}}
			got, err := rollforward.Checklist(&test.base, set, month(t, test.target), acme(12), calendarOf(t, "US"))
			require.NoError(t, err)
			require.Equal(t, test.items, ids(got.Items))
			require.Equal(t, test.rest, ids(got.NotDue))
			require.Equal(t, test.known, got.SeenTemplates)
		})
	}
}

func ids(items []content.Item) []string {
	var list []string
	for _, item := range items {
		list = append(list, item.ID)
	}
	return list
}

func TestReturningItemsJoinTheirSection(t *testing.T) {
	t.Parallel()
	in := func(id, section string, frequency content.Frequency) content.Item {
		one := item(id, id, frequency, assignee("Ann", "BD1"), nil)
		one.Section = section
		return one
	}
	base := content.Checklist{
		Period: month(t, "2027-02"), Items: []content.Item{in("a", "Cash", content.Monthly), in("b", "Tax", content.Monthly)},
		NotDue: []content.Item{in("q", "Cash", content.Quarterly), in("r", "Audit", content.Quarterly)},
	}
	got, err := rollforward.Checklist(&base, content.TemplateSet{}, month(t, "2027-03"), acme(12), calendarOf(t, "US"))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "q", "b", "r"}, ids(got.Items))
}

// TestFrequencies counts from the fiscal year end.
func TestFrequencies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		frequency     content.Frequency
		fiscalYearEnd int
		due           []int // months
	}{
		{content.Monthly, 12, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		{content.Quarterly, 12, []int{3, 6, 9, 12}},
		{content.Quarterly, 9, []int{3, 6, 9, 12}},
		{content.Quarterly, 1, []int{1, 4, 7, 10}},
		{content.SemiAnnual, 12, []int{6, 12}},
		{content.SemiAnnual, 9, []int{3, 9}},
		{content.Annual, 6, []int{6}},
		{content.Annual, 9, []int{9}},
	}
	for _, test := range tests {
		set := content.TemplateSet{Checklist: content.ChecklistSet{Items: []content.Item{
			item("a", "a", test.frequency, assignee("Ann", "BD1"), nil),
		}}}
		var due []int
		for m := time.January; m <= time.December; m++ {
			got, err := rollforward.Checklist(nil, set, period.New(2026, m), acme(test.fiscalYearEnd), calendarOf(t, "US"))
			require.NoError(t, err)
			if len(got.Items) == 1 {
				due = append(due, int(m))
			}
		}
		require.Equal(t, test.due, due, "%s to %d", test.frequency, test.fiscalYearEnd)
	}
}

// TestAssigneesNotDue rolls an item whose assignees are due more rarely than itself.
func TestAssigneesNotDue(t *testing.T) {
	t.Parallel()
	set := content.TemplateSet{Checklist: content.ChecklistSet{Items: []content.Item{
		item("a", "a", content.Monthly, []content.Assignee{
			{Name: "Ann", Due: "BD1"}, {Name: "Quinn", Due: "BD2", Frequency: content.Quarterly}, {Name: "Uma", Due: "BD1", Frequency: content.Once},
		}, []content.Assignee{{Name: "Yara", Due: "BD9", Frequency: content.Annual}}),
		item("b", "b", content.Monthly, []content.Assignee{{Name: "Quinn", Due: "BD2", Frequency: content.Quarterly}}, nil),
	}}}
	var base *content.Checklist
	want := map[string][]string{
		"2026-09": {"Ann Quinn Uma / ", "Quinn / "}, "2026-10": {"Ann / "}, "2026-11": {"Ann / "},
		"2026-12": {"Ann Quinn / Yara", "Quinn / "}, "2027-01": {"Ann / "}, "2027-03": {"Ann Quinn / ", "Quinn / "},
	}
	for p := month(t, "2026-09"); p.String() <= "2027-03"; p = period.MonthlyCalendar(12).Next(p) {
		got, err := rollforward.Checklist(base, set, p, acme(12), calendarOf(t, "US"))
		require.NoError(t, err)
		var who []string
		for _, item := range got.Items {
			who = append(who, namesOf(item.Preparers)+" / "+namesOf(item.Reviewers))
		}
		if expected, listed := want[p.String()]; listed {
			require.Equal(t, expected, who, p.String())
		}
		base = &got
	}
}

func namesOf(assignees []content.Assignee) string {
	var names []string
	for _, a := range assignees {
		names = append(names, a.Name)
	}
	return strings.Join(names, " ")
}

func TestNonCloseIsDueInside(t *testing.T) {
	t.Parallel()
	e := acme(12)
	e.Close = entity.NonClose
	set := standardSet()
	set.Checklist.Items = set.Checklist.Items[:1]
	got, err := rollforward.Checklist(nil, set, month(t, "2026-12"), e, calendarOf(t, "US"))
	require.NoError(t, err)
	require.Equal(t, "2026-12-01", got.Items[0].Preparers[0].DueDate)
}

func TestChecklistErrors(t *testing.T) {
	t.Parallel()
	set := func(change func(*content.Item)) content.TemplateSet {
		one := item("bank", "Bank", content.Monthly, assignee("Ann", "BD3"), assignee("Bob", "BD5"))
		change(&one)
		return content.TemplateSet{Checklist: content.ChecklistSet{Items: []content.Item{one}}}
	}
	tests := []struct {
		name string
		set  content.TemplateSet
		want string
	}{
		{"a late preparer", set(func(i *content.Item) { i.Preparers[0].Due = "D15" }),
			`checklist: item bank: due "D15": preparer Ann is due on 2027-01-15, after reviewer Bob on 2027-01-08`},
		{"an unknown rule", set(func(i *content.Item) { i.Reviewers[0].Due = "BD0" }),
			`checklist: item bank: read deadline of Bob: due "BD0": there is no BD0: ` +
				`the last working day in the period is BD-1, the first one after it BD1`},
		{"an unknown frequency", set(func(i *content.Item) { i.Frequency = "weekly" }),
			`checklist: item bank: frequency "weekly": unknown frequency`},
		{"an assignee's unknown frequency", set(func(i *content.Item) { i.Preparers[0].Frequency = "weekly" }),
			`checklist: item bank: frequency "weekly": unknown frequency`},
		{"an unknown token", set(func(i *content.Item) { i.Title = "{Day}" }), `template "{Day}": unknown token {Day}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := rollforward.Checklist(nil, test.set, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
			require.EqualError(t, err, test.want)
			require.Equal(t, failure.Data, failure.ClassOf(err))
		})
	}
	twice := content.Checklist{Period: month(t, "2026-11"), Items: []content.Item{{ID: "a", Frequency: content.Monthly}, {ID: "a", Frequency: content.Monthly}}}
	_, err := rollforward.Checklist(&twice, content.TemplateSet{}, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
	require.EqualError(t, err, `checklist: id "a": duplicate id`)
}

func TestOnlyWhoIsDueIsCompared(t *testing.T) {
	t.Parallel()
	one := item("a", "a", content.Monthly, assignee("Ann", "D20"), []content.Assignee{{Name: "Bob", Due: "D10", Frequency: content.Annual}})
	set := content.TemplateSet{Checklist: content.ChecklistSet{Items: []content.Item{one}}}
	_, err := rollforward.Checklist(nil, set, month(t, "2026-11"), acme(12), calendarOf(t, "US"))
	require.NoError(t, err)
	_, err = rollforward.Checklist(nil, set, month(t, "2026-12"), acme(12), calendarOf(t, "US"))
	require.ErrorContains(t, err, "preparer Ann is due on 2027-01-20, after reviewer Bob on 2027-01-10")
}

func TestPlaceChecklist(t *testing.T) {
	t.Parallel()
	tree := content.Folders{Root: "2026/12 December", Paths: []string{"2026", "2026/12 December", "2026/12 December/Bank"}}
	checklist := content.Checklist{Workbook: "2026/12 december/Gone/List.xlsx", Items: []content.Item{
		{Folder: "2026/12 December/Bank"}, {Folder: "2026/12 December/Gone/Deep"}, {Folder: "Elsewhere"}, {Folder: ""},
	}}
	got := rollforward.PlaceChecklist(checklist, tree)
	require.Equal(t, "2026/12 December/List.xlsx", got.Workbook)
	require.Equal(t, "2026/12 December/Bank", got.Items[0].Folder)
	require.Equal(t, "2026/12 December", got.Items[1].Folder)
	require.Equal(t, "2026/12 December", got.Items[2].Folder)
	require.Empty(t, got.Items[3].Folder)
	require.Equal(t, "Elsewhere", checklist.Items[2].Folder, "the input stays as it is")
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

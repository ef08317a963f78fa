package rollforward_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

func TestFoldersOfTheTemplateSet(t *testing.T) {
	t.Parallel()
	got, err := rollforward.Folders(nil, standardSet(), month(t, "2026-12"), period.MonthlyCalendar(12))
	require.NoError(t, err)
	require.Equal(t, content.Folders{
		Version: 1, Period: month(t, "2026-12"), Root: "2026/12 December",
		Paths: []string{
			"2026", "2026/12 December", "2026/12 December/Bank", "2026/12 December/Reconciliations", "Permanent", "Permanent/Contracts",
		},
		SeenTemplates: standardSet().Folders,
		Style:         content.NameStyle{Accounts: []string{"2026"}},
	}, got)
}

// TestFoldersOfABase checks what a customer's tree becomes.
func TestFoldersOfABase(t *testing.T) {
	t.Parallel()
	const root = "2026/11 November"
	tests := []struct {
		name string
		base content.Folders
		set  []string
		want []string
		root string
	}{
		{
			"a deleted folder stays deleted, an added one is carried",
			content.Folders{
				Root: root, Paths: []string{"2026", root, root + "/Payroll"},
				SeenTemplates: []string{"{YYYY}/{MM} {Month}", "{YYYY}/{MM} {Month}/Bank"},
			},
			[]string{"{YYYY}/{MM} {Month}", "{YYYY}/{MM} {Month}/Bank"},
			[]string{"2026", "2026/12 December", "2026/12 December/Payroll"}, "2026/12 December",
		},
		{
			"a new template is added, with the folders above it",
			content.Folders{Root: root, Paths: []string{"2026", root}, SeenTemplates: []string{"{YYYY}/{MM} {Month}"}},
			[]string{"{YYYY}/{MM} {Month}", "{YYYY}/{MM} {Month}/Tax/VAT"},
			[]string{"2026", "2026/12 December", "2026/12 December/Tax", "2026/12 December/Tax/VAT"}, "2026/12 December",
		},
		{
			"a template that the customer has made already is there once",
			content.Folders{Root: root, Paths: []string{"2026", root, root + "/Tax"}, SeenTemplates: []string{}},
			[]string{"{YYYY}/{MM} {Month}/Tax"},
			[]string{"2026", "2026/12 December", "2026/12 December/Tax"}, "2026/12 December",
		},
		{
			"what has been seen is not known: nothing comes back",
			content.Folders{Root: root, Paths: []string{"2026", root}},
			[]string{"{YYYY}/{MM} {Month}/Bank"},
			[]string{"2026", "2026/12 December"}, "2026/12 December",
		},
		{
			"parents that are missing, and children before parents",
			content.Folders{Root: root, Paths: []string{root + "/Bank/Statements", root, root}, SeenTemplates: []string{}},
			nil,
			[]string{"2026", "2026/12 December", "2026/12 December/Bank", "2026/12 December/Bank/Statements"}, "2026/12 December",
		},
		{
			"no root yet: the deepest folder above all of the month",
			content.Folders{Paths: []string{root + "/Close/Bank", root + "/Close/Tax", "Permanent"}, SeenTemplates: []string{}},
			nil,
			[]string{
				"2026", "2026/12 December", "2026/12 December/Close", "2026/12 December/Close/Bank", "2026/12 December/Close/Tax",
				"Permanent",
			},
			"2026/12 December/Close",
		},
		{
			"a folder outside of the root widens it",
			content.Folders{Root: root + "/Close", Paths: []string{root + "/Close/Bank", root + "/Tax"}, SeenTemplates: []string{}},
			nil,
			[]string{
				"2026", "2026/12 December", "2026/12 December/Close", "2026/12 December/Close/Bank", "2026/12 December/Tax",
			},
			"2026/12 December",
		},
		{
			"a month's folder elsewhere does not",
			content.Folders{Root: root, Paths: []string{root + "/Bank", "Audit/2026-11"}, SeenTemplates: []string{}},
			nil,
			[]string{"2026", "2026/12 December", "2026/12 December/Bank", "Audit", "Audit/2026-12"}, "2026/12 December",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.base.Period = month(t, "2026-11")
			got, err := rollforward.Folders(&test.base, content.TemplateSet{Folders: test.set}, month(t, "2026-12"), period.MonthlyCalendar(12))
			require.NoError(t, err)
			require.Equal(t, test.want, got.Paths)
			require.Equal(t, test.root, got.Root)
			require.Subset(t, got.SeenTemplates, test.set)
			require.NotNil(t, got.SeenTemplates)
		})
	}
}

func TestFoldersErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		paths []string
		set   []string
		want  string
	}{
		{
			"two folders that become one", []string{"2026/11 November", "2026/12 December"}, nil,
			`folders "2026/12 December": becomes "2026/12 December", which "2026/11 November" is already`,
		},
		{
			"two that differ in case", []string{"2026-11/Bank", "2026-11/BANK"}, nil,
			`folders "2026-11/BANK": becomes "2026-12/BANK", which "2026-11/Bank" is already`,
		},
		{
			"two that differ in Unicode form", []string{"2026-11/B\u00fcro", "2026-11/Bu\u0308ro"}, nil,
			"folders \"2026-11/Bu\u0308ro\": becomes \"2026-12/Bu\u0308ro\", which \"2026-11/B\u00fcro\" is already",
		},
		{
			"parents that differ in case", []string{"2026-11 Close/Bank", "2026-11 close/Tax"}, nil,
			`folders "2026-11 close/Tax": becomes "2026-12 close", which "2026-12 Close" is already`,
		},
		{
			"a template and a customer's folder", []string{"2026-11/bank"}, []string{"{YYYY}-{MM}/Bank"},
			`folders "{YYYY}-{MM}/Bank": becomes "2026-12/Bank", which "2026-11/bank" is already`,
		},
		{"a way out", []string{"2026-11/../Bank"}, nil, `folders "2026-11/../Bank": "2026-12/../Bank" is not a folder`},
		{"an absolute path", []string{"/2026-11"}, nil, `folders "/2026-11": "/2026-12" is not a folder`},
		{"an unknown token", []string{"2026-11"}, []string{"{YYYY}-{MM}/{Day}"}, `template "{YYYY}-{MM}/{Day}": unknown token {Day}`},
		{"no period", []string{"Bank", "2026"}, nil, `folders: no folder holds the period 2026-12 alone`},
		{"no common folder", []string{"Bank/2026-11", "Tax/2026-11"}, nil, `folders: no folder holds the period 2026-12 alone`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := content.Folders{Period: month(t, "2026-11"), Paths: test.paths, SeenTemplates: []string{}}
			_, err := rollforward.Folders(&base, content.TemplateSet{Folders: test.set}, month(t, "2026-12"), period.MonthlyCalendar(12))
			require.EqualError(t, err, test.want)
			require.Equal(t, failure.Data, failure.ClassOf(err))
			require.NotEmpty(t, failure.HintOf(err))
		})
	}
}

func TestBaseMustBeEarlier(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"2026-12", "2027-01"} {
		base := content.Folders{Period: month(t, at)}
		_, err := rollforward.Folders(&base, standardSet(), month(t, "2026-12"), period.MonthlyCalendar(12))
		require.ErrorContains(t, err, "the base of 2026-12 must be an earlier period")
	}
}

// TestStyleIsRemembered rolls hand-made trees through the months that do not show how they go on.
func TestStyleIsRemembered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		fiscalYearEnd int
		first, last   string
		path, want    string
	}{
		{"short months through May", 12, "2026-04", "2026-06", "2026/04 Apr", "2026/06 Jun"},
		{"full months through May", 12, "2026-04", "2026-06", "2026/04 April", "2026/06 June"},
		{"plain numbers through October", 12, "2026-09", "2027-02", "2026/9", "2027/2"},
		{"padded numbers through October", 12, "2026-09", "2027-02", "2026/09", "2027/02"},
		{"bare fiscal years", 6, "2026-11", "2027-07", "2027/11 November", "2028/07 July"},
		{"bare calendar years", 6, "2026-11", "2027-07", "2026/11 November", "2027/07 July"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			made := content.Folders{Period: month(t, test.first), Paths: []string{test.path}}
			for made.Period.String() < test.last {
				next, err := rollforward.Folders(&made, content.TemplateSet{}, period.MonthlyCalendar(12).Next(made.Period), period.MonthlyCalendar(test.fiscalYearEnd))
				require.NoError(t, err)
				made = next
			}
			require.Contains(t, made.Paths, test.want)
		})
	}
}

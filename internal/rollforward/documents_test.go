package rollforward_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

func rule(action content.Action, pattern string) content.DocumentRule {
	return content.DocumentRule{Pattern: pattern, Action: action}
}

func TestDocumentsMergeTemplateRules(t *testing.T) {
	t.Parallel()
	tree := content.Folders{Period: month(t, "2027-01"), Root: "2027/01 January"}
	copyBank, skipTax, copyAll := rule(content.Copy, "Bank/**"), rule(content.Skip, "Tax/**"), rule(content.Copy, "**")
	tests := []struct {
		name  string
		base  *content.Documents
		set   []content.DocumentRule
		want  []content.DocumentRule
		prior string
	}{
		{"no base", nil, []content.DocumentRule{copyBank}, []content.DocumentRule{copyBank}, "2026/12 December"},
		{"nothing changed", &content.Documents{Root: "old", Rules: []content.DocumentRule{copyBank}, SeenTemplates: []string{"copy Bank/**"}},
			[]content.DocumentRule{copyBank}, []content.DocumentRule{copyBank}, "old"},
		{"the customer deleted one", &content.Documents{Root: "old", Rules: []content.DocumentRule{}, SeenTemplates: []string{"copy Bank/**"}},
			[]content.DocumentRule{copyBank}, []content.DocumentRule{}, "old"},
		{"the customer added one", &content.Documents{Root: "old", Rules: []content.DocumentRule{copyBank, copyAll}, SeenTemplates: []string{"copy Bank/**"}},
			[]content.DocumentRule{copyBank}, []content.DocumentRule{copyBank, copyAll}, "old"},
		{"the customer changed one", &content.Documents{
			Root: "old", Rules: []content.DocumentRule{rule(content.Skip, "Bank/**")}, SeenTemplates: []string{"copy Bank/**"},
		}, []content.DocumentRule{copyBank}, []content.DocumentRule{rule(content.Skip, "Bank/**")}, "old"},
		{"the set changed one", &content.Documents{Root: "old", Rules: []content.DocumentRule{copyBank, copyAll}, SeenTemplates: []string{"copy Bank/**"}},
			[]content.DocumentRule{rule(content.Placeholder, "Bank/**")},
			[]content.DocumentRule{rule(content.Placeholder, "Bank/**"), copyAll}, "old"},
		{"the set dropped one", &content.Documents{Root: "old", Rules: []content.DocumentRule{copyBank}, SeenTemplates: []string{"copy Bank/**"}},
			nil, []content.DocumentRule{}, "old"},
		{"the set added one in between", &content.Documents{
			Root: "old", Rules: []content.DocumentRule{copyBank, copyAll}, SeenTemplates: []string{"copy Bank/**", "copy **"},
		}, []content.DocumentRule{copyBank, skipTax, copyAll}, []content.DocumentRule{copyBank, skipTax, copyAll}, "old"},
		{"unknown what was seen", &content.Documents{Root: "old", Rules: []content.DocumentRule{copyAll}},
			[]content.DocumentRule{skipTax}, []content.DocumentRule{copyAll}, "old"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.base != nil {
				test.base.Period = month(t, "2026-12")
			}
			got, err := rollforward.Documents(test.base, content.TemplateSet{Documents: test.set}, tree, period.MonthlyCalendar(12))
			require.NoError(t, err)
			require.Equal(t, test.want, got.Rules)
			require.Equal(t, test.prior, got.PriorRoot)
			require.Equal(t, "2027/01 January", got.Root)
			require.NotNil(t, got.SeenTemplates)
		})
	}
}

func TestPlanDocuments(t *testing.T) {
	t.Parallel()
	rules := content.Documents{
		Period: month(t, "2027-01"), PriorRoot: "2026/12 December", Root: "2027/01 January",
		Rules: []content.DocumentRule{
			rule(content.Skip, "Bank/*.tmp"), rule(content.Copy, "Bank/**"), rule(content.Placeholder, "**/*.DOCX"),
			rule(content.Copy, "Notes Dec.txt"),
		},
	}
	const prior = "2026/12 December/"
	plan, err := rollforward.PlanDocuments(rules, []string{
		prior + "Bank/Statement 31.12.2026.pdf",
		prior + "Bank/x.tmp",
		prior + "Bank/Deep/Dec-26.csv",
		prior + "bank/Case.csv",
		prior + "Bank/1000 Cash 2026-12.xlsx",
		prior + "Bank/Old list.xlsx",
		prior + "Memo December.docx",
		prior + "Sub/Memo.docx",
		prior + "Notes Dec.txt",
		prior + "Unmatched.txt",
		"2026/12 December 2/Bank/other.pdf",
		"Permanent/Lease.docx",
	}, map[string]bool{
		"2027/01 January/Bank/1000 Cash 2027-01.xlsx": true, prior + "Bank/Old list.xlsx": true, "2027/01 January/Bank/never": false,
	}, period.MonthlyCalendar(12))
	require.NoError(t, err)
	const next = "2027/01 January/"
	require.Equal(t, []rollforward.PlannedDocument{
		{From: prior + "Bank/Statement 31.12.2026.pdf", To: next + "Bank/Statement 31.01.2027.pdf", Action: content.Copy},
		{From: prior + "Bank/Deep/Dec-26.csv", To: next + "Bank/Deep/Jan-27.csv", Action: content.Copy},
		{From: prior + "bank/Case.csv", To: next + "bank/Case.csv", Action: content.Copy},
		{From: prior + "Memo December.docx", To: next + "Memo January.docx", Action: content.Placeholder},
		{From: prior + "Sub/Memo.docx", To: next + "Sub/Memo.docx", Action: content.Placeholder},
		{From: prior + "Notes Dec.txt", To: next + "Notes Jan.txt", Action: content.Copy},
	}, plan)
}

func TestPlanDocumentsErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		rule  content.DocumentRule
		files []string
		want  string
	}{
		{"two documents of one name", rule(content.Copy, "**"), []string{"2026-12/Rec Dec.pdf", "2026-12/Rec Jan.pdf"},
			`documents "2026-12/Rec Jan.pdf": becomes "2027-01/Rec Jan.pdf", which "2026-12/Rec Dec.pdf" becomes too`},
		{"two that differ in case", rule(content.Copy, "**"), []string{"2026-12/a.pdf", "2026-12/A.pdf"},
			`documents "2026-12/A.pdf": becomes "2027-01/A.pdf", which "2026-12/a.pdf" becomes too`},
		{"no pattern", rule(content.Copy, "[a"), nil, `documents: pattern "[a": not a pattern`},
		{"no action", rule("move", "**"), nil, `documents: action "move": unknown action of pattern "**"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rules := content.Documents{
				Period: month(t, "2027-01"), PriorRoot: "2026-12", Root: "2027-01", Rules: []content.DocumentRule{test.rule},
			}
			_, err := rollforward.PlanDocuments(rules, test.files, nil, period.MonthlyCalendar(12))
			require.EqualError(t, err, test.want)
			require.Equal(t, failure.Data, failure.ClassOf(err))
		})
	}
}

func TestGeneratedWorkbooks(t *testing.T) {
	t.Parallel()
	got := rollforward.GeneratedWorkbooks(
		content.Checklist{Workbook: "new/list.xlsx", PriorWorkbook: "old/list.xlsx"},
		content.Reconciliations{
			Items:          []content.Reconciliation{{Workbook: "new/a.xlsx"}},
			NotDue:         []content.Reconciliation{{Workbook: "new/b.xlsx"}},
			PriorWorkbooks: []string{"old/a.xlsx", "old/once.xlsx"},
		},
	)
	require.Equal(t, map[string]bool{
		"new/list.xlsx": true, "old/list.xlsx": true, "new/a.xlsx": true, "new/b.xlsx": true, "old/a.xlsx": true, "old/once.xlsx": true,
	}, got)
}

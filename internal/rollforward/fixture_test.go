package rollforward_test

import (
	"github.com/stretchr/testify/require"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
)

// standardSet is a template set with one of everything.
func standardSet() content.TemplateSet {
	return content.TemplateSet{
		Version: 1,
		Folders: []string{
			"{YYYY}/{MM} {Month}", "{YYYY}/{MM} {Month}/Bank", "{YYYY}/{MM} {Month}/Reconciliations", "Permanent/Contracts",
		},
		Checklist: content.ChecklistSet{
			Workbook: "{YYYY}/{MM} {Month}/Checklist {YYYY}-{MM}.xlsx",
			Items: []content.Item{
				item("kickoff", "Plan the first close", content.Once, assignee("Ann", "BD1"), nil),
				item("bank", "Reconcile the banks for {Month} {YYYY}", content.Monthly, assignee("Ann", "BD3"), assignee("Bob", "BD5")),
				item("accruals", "Book accruals", content.Monthly, assignee("Ann", "BD-1"),
					[]content.Assignee{{Name: "Bob", Due: "EOM"}, {Name: "Cy", Due: "D15", Frequency: content.Quarterly}}),
				item("tax", "Estimate the tax of Q{Q} {YYYY}", content.Quarterly, assignee("Dee", "D15"), assignee("Bob", "D20")),
				item("assets", "Count the assets", content.SemiAnnual, assignee("Ann", "D10"), nil),
				item("audit", "Prepare the audit of FY{FY}", content.Annual, assignee("Eve", "D30"), nil),
			},
		},
		Reconciliations: content.ReconciliationSet{
			Items: []content.Reconciliation{
				reconciliation("cash", "1000", "Cash", content.Monthly),
				reconciliation("accrued", "2026", "Accrued expenses", content.Monthly),
				reconciliation("assets", "1500", "Fixed assets", content.Quarterly),
			},
		},
		Documents: []content.DocumentRule{
			{Pattern: "Bank/*.pdf", Action: content.Skip},
			{Pattern: "Bank/**", Action: content.Copy},
			{Pattern: "**/*.docx", Action: content.Placeholder},
		},
	}
}

func item(id, title string, frequency content.Frequency, preparers, reviewers []content.Assignee) content.Item {
	return content.Item{
		ID: id, Title: title, Folder: "{YYYY}/{MM} {Month}/Bank", Frequency: frequency, Preparers: preparers, Reviewers: reviewers,
	}
}

func reconciliation(id, account, name string, frequency content.Frequency) content.Reconciliation {
	const folder = "{YYYY}/{MM} {Month}/Reconciliations"
	return content.Reconciliation{
		ID: id, Account: account, Name: name, Currency: "USD", Folder: folder, Frequency: frequency,
		Workbook: folder + "/" + account + " " + name + " {YYYY}-{MM}.xlsx", Preparers: assignee("Ann", "BD3"),
		Reviewers: assignee("Bob", "BD5"),
	}
}

func assignee(name, due string) []content.Assignee { return []content.Assignee{{Name: name, Due: due}} }

func acme(fiscalYearEnd int) entity.Entity {
	return entity.Entity{ID: "acme", Name: "Acme", FiscalYearEnd: fiscalYearEnd, Close: entity.StandardClose}
}

func calendarOf(t require.TestingT, country string) *calendar.Calendar {
	c, err := calendar.New(calendar.Spec{Country: country})
	require.NoError(t, err)
	return c
}

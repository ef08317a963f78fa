package rollforward_test

import (
	"fmt"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

// What denotes the period is replaced, in the style in which it is written; everything else stays.
func ExampleNameRoller_Roll() {
	november, december := period.New(2026, time.November), period.New(2026, time.December)
	names := rollforward.NameRoller{From: november, To: december, Periods: period.MonthlyCalendar(6)} // fiscal years end in June
	for _, name := range []string{
		"2026/11 November/11 Fixed Assets", "FY27 P05/Bank 30.11.2026.pdf", "NOV-26 accruals.xlsx", "Invoice 2026 of 15 November.pdf",
	} {
		fmt.Println(names.Roll(name))
	}
	// Output:
	// 2026/12 December/11 Fixed Assets
	// FY27 P06/Bank 31.12.2026.pdf
	// DEC-26 accruals.xlsx
	// Invoice 2026 of 15 November.pdf
}

// A checklist is rolled from one month to the next: cleared, its due dates computed anew, and without what is not due.
func ExampleChecklist() {
	november := content.Checklist{
		Version: content.Version, Period: period.New(2026, time.November), Workbook: "2026/11 November/Checklist.xlsx", SeenTemplates: []string{},
		Items: []content.Item{
			{
				ID: "bank", Title: "Reconcile the bank for November 2026", Frequency: content.Monthly, Status: content.SignedOff,
				Preparers: []content.Assignee{{Name: "Ann", Due: "BD3", DueDate: "2026-12-03"}},
			},
			{
				ID: "audit", Title: "Answer the auditor's question", Frequency: content.Once, Status: content.SignedOff,
				Preparers: []content.Assignee{{Name: "Bob", Due: "BD5", DueDate: "2026-12-07"}},
			},
		},
	}
	working, err := calendar.New(calendar.Spec{Country: "US"})
	if err != nil {
		panic(err)
	}
	acme := entity.Entity{ID: "acme", FiscalYearEnd: 12, Close: entity.StandardClose}
	december, err := rollforward.Checklist(&november, content.TemplateSet{}, period.New(2026, time.December), acme, working)
	if err != nil {
		panic(err)
	}
	fmt.Println(december.Workbook)
	for _, item := range december.Items {
		fmt.Printf("%s: %s, %s, %s by %s\n", item.ID, item.Title, item.Status, item.Preparers[0].Name, item.Preparers[0].DueDate)
	}
	// Output:
	// 2026/12 December/Checklist.xlsx
	// bank: Reconcile the bank for December 2026, not-started, Ann by 2027-01-06
}

package workbook

import (
	"fmt"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
)

// movementLines is how many lines a reconciliation has for movements.
const movementLines = 20

// Reconciliation renders one account's reconciliation: the opening balance, room for movements, and the difference between
// what they come to and the closing balance of the ledger.
func Reconciliation(e entity.Entity, r content.Reconciliation, p period.Period) ([]byte, error) {
	const head = 9
	b := newBook("Reconciliation")
	b.text(1, 1, "Reconciliation", b.styles.title)
	b.fact(2, "Entity", e.Name)
	b.fact(3, "Period", p.String())
	b.fact(4, "Account", r.Account+" "+r.Name)
	b.fact(5, "Currency", r.Currency)
	b.assignees(6, "Prepared by", r.Preparers)
	b.assignees(7, "Reviewed by", r.Reviewers)
	b.header(head, "Date", "Description", "Reference", "Amount")
	b.opening(head+1, r)
	for row := head + 2; row < head+2+movementLines; row++ {
		b.blank(row)
	}
	b.totals(head+1, head+1+movementLines, r)
	b.text(6, head, "Status", b.styles.header)
	b.text(6, head+1, string(r.Status), b.styles.text)
	b.choices(cell(6, head+1), cell(6, head+1), statuses...)
	b.widths(14, 52, 22, 18, 3, 14)
	b.freeze(head)
	b.page()
	return b.bytes()
}

// opening writes the balance that the period begins with, and how sure it is.
func (b *book) opening(row int, r content.Reconciliation) {
	words := "Opening balance"
	switch {
	case r.OpeningStale:
		words += " (stale: the prior period was reopened)"
	case r.OpeningProvisional:
		words += " (provisional until the prior period is closed)"
	}
	b.text(1, row, "", b.styles.text)
	b.text(2, row, words, b.styles.text)
	b.text(3, row, "", b.styles.text)
	b.amount(4, row, r.Opening, b.styles.amount)
}

func (b *book) blank(row int) {
	for column, style := range []int{b.styles.date, b.styles.text, b.styles.text, b.styles.amount} {
		name := cell(column+1, row)
		b.do(b.file.SetCellStyle(b.sheet, name, name, style))
	}
}

// totals writes the lines below the movements in the rows from first to last.
func (b *book) totals(first, last int, r content.Reconciliation) {
	lines := []struct {
		label   string
		formula string
	}{
		{"Balance by this reconciliation", fmt.Sprintf("SUM(%s:%s)", cell(4, first), cell(4, last))},
		{"Closing balance of the ledger", ""},
		{"Difference", fmt.Sprintf("%s-%s", cell(4, last+1), cell(4, last+2))},
	}
	for i, line := range lines {
		row := last + 1 + i
		for column := 1; column <= 4; column++ {
			b.text(column, row, "", b.styles.total)
		}
		b.text(2, row, line.label, b.styles.total)
		if line.formula == "" {
			b.amount(4, row, r.Closing, b.styles.total)
			continue
		}
		b.formula(4, row, line.formula, b.styles.total)
	}
}

// assignees writes who does a part, and by when.
func (b *book) assignees(row int, label string, list []content.Assignee) {
	text := ""
	for i, a := range list {
		if i > 0 {
			text += ", "
		}
		text += a.Name
		if a.DueDate != "" {
			text += " by " + a.DueDate
		}
	}
	b.fact(row, label, text)
}

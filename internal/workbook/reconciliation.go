package workbook

import (
	"fmt"
	"time"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
)

// The rows of a reconciliation. The summary stands beside the facts, so that both stay in view above the movements.
const (
	summary       = 4 // opening, movements, balance, closing, difference: five rows
	movementsHead = 10
	movementLines = 20
)

// The columns of a reconciliation.
const (
	postingDate = iota + 1
	description
	reference // and the labels of the summary
	amount
	comment
)

// Reconciliation renders one account's reconciliation: the opening balance, room for movements, the difference between what
// they come to and the closing balance of the ledger, and who signs off.
func Reconciliation(e entity.Entity, r content.Reconciliation, p period.Period) ([]byte, error) {
	zone, err := e.Location()
	if err != nil {
		return nil, err
	}
	last := movementsHead + movementLines
	b := newBook("Reconciliation", e.Name+" reconciliation "+r.Account+" "+p.String(), r.Currency)
	b.heading("Account reconciliation", e)
	b.fact(summary, "Account", r.Account+" "+r.Name)
	b.fact(summary+1, "Period", monthOf(p))
	b.fact(summary+2, "Currency", r.Currency)
	b.fact(summary+3, "Status", statusOf(r.Status))
	b.choices(cell(description, summary+3), statuses)
	b.colourStatuses(cell(description, summary+3), cell(description, summary+3))
	b.summary(r, e.PeriodCalendar().Prior(p), last+1)
	b.header(movementsHead, "Date", "Description", "Reference", "Amount", "Comment")
	b.format(amount, movementsHead, b.styles.headerRight)
	b.format(comment, movementsHead, b.styles.headerAside)
	b.movements(last)
	b.signOffs(last+3, r, zone)
	b.widths([]float64{13, 46, 30, 19, 40})
	b.freeze(0, movementsHead)
	b.page("landscape", movementsHead)
	return b.bytes()
}

// summary writes the five lines that say whether the account is reconciled. Movements end above the row end.
func (b *book) summary(r content.Reconciliation, prior period.Period, end int) {
	at := func(line int) string { return cell(amount, summary+line) }
	strong := b.styles.sum
	b.summaryLabels()
	b.amount(amount, summary, r.Opening, b.styles.amount)
	b.text(comment, summary, noteOf(r, prior), b.styles.note)
	b.formula(amount, summary+1, fmt.Sprintf("SUM(%s)", cells(amount, movementsHead+1, amount, end)), b.styles.amount)
	b.amount(amount, summary+3, r.Closing, b.styles.amount)
	if !computes(r.Opening) || !computes(r.Closing) {
		b.text(amount, summary+2, "", strong)
		b.text(amount, summary+4, "", strong)
		b.text(comment, summary+4, "More digits than a spreadsheet computes with: work the difference out elsewhere", b.styles.note)
		return
	}
	b.formula(amount, summary+2, fmt.Sprintf("N(%s)+%s", at(0), at(1)), strong)
	b.formula(amount, summary+4, fmt.Sprintf(`IF(%s="","",ROUND(%s-%s,6))`, at(3), at(2), at(3)), strong)
	outcome := fmt.Sprintf(`IF(%s="","",IF(%s=0,"Reconciled","To be explained"))`, at(4), at(4))
	b.formula(comment, summary+4, outcome, b.styles.result)
	result := cell(comment, summary+4)
	b.colour(result, result+`="Reconciled"`, green)
	b.colour(result, result+`="To be explained"`, red)
}

func (b *book) summaryLabels() {
	labels := []string{
		"Opening balance", "Movements listed below", "Balance by this reconciliation", "Closing balance of the ledger", "Difference",
	}
	for i, label := range labels {
		style := b.styles.text
		if i == 2 || i == 4 {
			style = b.styles.sumLabel
		}
		b.text(reference, summary+i, label, style)
	}
}

// computes reports whether a spreadsheet can compute with a balance: nothing yet, or a number that it keeps exactly.
func computes(balance string) bool { return balance == "" || isSafe(balance) }

// noteOf says how sure the opening balance is.
func noteOf(r content.Reconciliation, prior period.Period) string {
	switch {
	case r.OpeningStale:
		return "Stale: " + monthOf(prior) + " has changed since"
	case r.OpeningProvisional:
		return "Provisional until " + monthOf(prior) + " is closed"
	default:
		return ""
	}
}

// movements makes room for lines, and ends it with a row that the sum includes, so that lines inserted above it count.
func (b *book) movements(last int) {
	for column, style := range map[int]int{
		postingDate: b.styles.date, description: b.styles.wrap, reference: b.styles.text, amount: b.styles.amount,
		comment: b.styles.aside,
	} {
		b.formatAll(column, movementsHead+1, column, last, style)
	}
	b.formatAll(postingDate, last+1, comment, last+1, b.styles.hint)
	b.text(description, last+1, "Insert further lines above this one", b.styles.hint)
}

// signOffs lists who does what, by when, and on which day of the zone they did it.
func (b *book) signOffs(row int, r content.Reconciliation, zone *time.Location) {
	b.header(row, "Role", "Name", "Due", "Signed off on")
	for _, part := range []struct {
		role string
		list []content.Assignee
	}{{"Preparer", r.Preparers}, {"Reviewer", r.Reviewers}} {
		for _, assignee := range part.list {
			row++
			b.text(1, row, part.role, b.styles.text)
			b.text(2, row, assignee.Name, b.styles.text)
			b.date(3, row, assignee.DueDate)
			b.date(4, row, signedOffOn(r.SignOffs, assignee.Name, zone))
		}
	}
}

// signedOffOn returns the day on which somebody signed off; "" where they did not.
func signedOffOn(signOffs []content.SignOff, name string, zone *time.Location) string {
	for _, signOff := range signOffs {
		if signOff.Name == name {
			return signOff.At.In(zone).Format(time.DateOnly)
		}
	}
	return ""
}

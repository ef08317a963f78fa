package workbook

import (
	"fmt"
	"strings"

	"metronome/internal/content"
	"metronome/internal/entity"
)

// The columns of a checklist.
const (
	section = iota + 1
	task
	preparers
	prepareBy
	reviewers
	reviewBy
	status
	frequency
	folder
	instructions
	id
)

// checklistWidths are the columns' widths, in characters.
var checklistWidths = []float64{18, 44, 20, 12, 20, 12, 13, 12, 28, 44, 14}

// checklistHead is the row of a checklist's headings.
const checklistHead = 6

// Checklist renders a period's checklist: a line for each item that is due, in the checklist's order.
func Checklist(e entity.Entity, c content.Checklist) ([]byte, error) {
	first, last := checklistHead+1, checklistHead+max(1, len(c.Items))
	b := newBook("Checklist", e.Name+" close checklist "+c.Period.String(), "")
	b.heading("Close checklist", e)
	b.fact(3, "Period", monthOf(c.Period))
	b.text(1, 4, signedOff, b.styles.label)
	done := fmt.Sprintf(`COUNTIF(%s,"%s")&" of %d"`, cells(status, first, status, last), signedOff, len(c.Items))
	b.formula(2, 4, done, b.styles.value)
	b.header(checklistHead, "Section", "Task", "Preparers", "Prepare by", "Reviewers", "Review by", "Status", "Frequency", "Folder",
		"Instructions", "Id")
	for i, item := range c.Items {
		b.item(first+i, item)
	}
	b.choices(cells(status, first, status, last), statuses)
	b.colourStatuses(cells(status, first, status, last), "$"+cell(status, first))
	b.colourLate(prepareBy, first, last)
	b.colourLate(reviewBy, first, last)
	b.check(b.file.AutoFilter(b.sheet, cells(1, checklistHead, id, last), nil))
	b.widths(checklistWidths)
	b.freeze(task, checklistHead)
	b.page("landscape", checklistHead)
	return b.bytes()
}

func (b *book) item(row int, item content.Item) {
	s := b.styles
	b.text(section, row, item.Section, s.wrap)
	b.text(task, row, item.Title, s.wrap)
	b.text(preparers, row, names(item.Preparers), s.wrap)
	b.due(prepareBy, row, item.Preparers)
	b.text(reviewers, row, names(item.Reviewers), s.wrap)
	b.due(reviewBy, row, item.Reviewers)
	b.text(status, row, statusOf(item.Status), s.text)
	b.text(frequency, row, frequencyOf(item.Frequency), s.text)
	b.text(folder, row, item.Folder, s.wrap)
	b.text(instructions, row, item.Instructions, s.wrap)
	b.text(id, row, item.ID, s.text)
	b.fit(row, checklistWidths, item.Section, item.Title, names(item.Preparers), "", names(item.Reviewers), "", "", "", item.Folder,
		item.Instructions)
}

// due writes the one deadline that all assignees share as a date, or a line for each where they differ.
func (b *book) due(column, row int, assignees []content.Assignee) {
	var dates []string
	same := true
	for _, a := range assignees {
		dates = append(dates, a.DueDate)
		same = same && a.DueDate == dates[0]
	}
	if same && len(dates) > 0 {
		b.date(column, row, dates[0])
		return
	}
	b.text(column, row, strings.Join(dates, "\n"), b.styles.wrap)
}

// colourLate shows deadlines that have passed without a sign-off, on the day on which somebody looks.
func (b *book) colourLate(column, first, last int) {
	at := "$" + cell(column, first)
	b.colour(cells(column, first, column, last),
		fmt.Sprintf(`AND(ISNUMBER(%s),%s<TODAY(),$%s<>"%s")`, at, at, cell(status, first), signedOff), red)
}

func names(assignees []content.Assignee) string {
	list := make([]string, len(assignees))
	for i, a := range assignees {
		list[i] = a.Name
	}
	return strings.Join(list, "\n")
}

// frequencyOf writes a frequency as people read it: semi-annual, Semi-annual.
func frequencyOf(frequency content.Frequency) string {
	text := string(frequency)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

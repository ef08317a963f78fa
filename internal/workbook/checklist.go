package workbook

import (
	"strings"

	"metronome/internal/content"
	"metronome/internal/entity"
)

var statuses = []string{string(content.NotStarted), string(content.InProgress), string(content.SignedOff)}

// Checklist renders a period's checklist: a line for each item, in the checklist's order.
func Checklist(e entity.Entity, c content.Checklist) ([]byte, error) {
	const head = 5
	b := newBook("Checklist")
	b.text(1, 1, "Close checklist", b.styles.title)
	b.fact(2, "Entity", e.Name)
	b.fact(3, "Period", c.Period.String())
	b.header(head, "Id", "Section", "Task", "Folder", "Frequency", "Preparers", "Due", "Reviewers", "Review due", "Status", "Instructions")
	for i, item := range c.Items {
		b.item(head+1+i, item)
	}
	last := head + max(1, len(c.Items))
	b.choices(cell(10, head+1), cell(10, last), statuses...)
	b.do(b.file.AutoFilter(b.sheet, cell(1, head)+":"+cell(11, last), nil))
	b.widths(9, 18, 46, 34, 12, 22, 12, 22, 12, 13, 40)
	b.freeze(head)
	b.page()
	return b.bytes()
}

func (b *book) item(row int, item content.Item) {
	s := b.styles
	b.text(1, row, item.ID, s.text)
	b.text(2, row, item.Section, s.text)
	b.text(3, row, item.Title, s.wrap)
	b.text(4, row, item.Folder, s.wrap)
	b.text(5, row, string(item.Frequency), s.text)
	b.text(6, row, names(item.Preparers), s.wrap)
	b.due(7, row, item.Preparers)
	b.text(8, row, names(item.Reviewers), s.wrap)
	b.due(9, row, item.Reviewers)
	b.text(10, row, string(item.Status), s.text)
	b.text(11, row, item.Instructions, s.wrap)
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

func names(assignees []content.Assignee) string {
	list := make([]string, len(assignees))
	for i, a := range assignees {
		list[i] = a.Name
	}
	return strings.Join(list, "\n")
}

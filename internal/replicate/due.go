package replicate

import (
	"time"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/internal/rollforward"
	"metronome/internal/site"
)

// convention is what an entity's due dates depend on.
type convention struct {
	templates, calendar string
	close               entity.Close
	periods             period.Calendar
}

// firstDue returns the earliest due date of the chosen entities in a period, by their template sets; "" where nothing is due.
func firstDue(s *site.Site, sets map[string]content.TemplateSet, chosen []entity.Entity, p period.Period) (string, error) {
	seen := map[convention]entity.Entity{}
	for _, e := range chosen {
		seen[convention{e.Templates, e.Calendar, e.Close, e.PeriodCalendar()}] = e
	}
	first := ""
	for _, e := range seen {
		calendar, err := s.Calendar(e.Calendar)
		if err != nil {
			return "", err
		}
		rolled, err := rollforward.Checklist(nil, sets[e.Templates], p, e, calendar)
		if err != nil {
			return "", err
		}
		for _, item := range rolled.Items {
			first = earliest(first, item.Preparers)
			first = earliest(first, item.Reviewers)
		}
	}
	return first, nil
}

func earliest(first string, assignees []content.Assignee) string {
	for _, a := range assignees {
		if a.DueDate != "" && (first == "" || a.DueDate < first) {
			first = a.DueDate
		}
	}
	return first
}

// dueTime is the beginning of the first due date, by which everything should be in place.
func dueTime(date string) time.Time {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return at
}

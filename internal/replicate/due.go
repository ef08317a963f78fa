package replicate

import (
	"time"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/internal/rollforward"
	"metronome/internal/site"
)

// dueDate is a day on which something is due.
type dueDate struct {
	date string    // 2027-01-04; "" for none
	at   time.Time // when the day begins in its entity's zone, by which everything should be in place
}

// convention is what an entity's due dates depend on.
type convention struct {
	templates, calendar, timezone string
	close                         entity.CloseConvention
	periods                       period.Calendar
}

// firstDue returns the due date of the chosen entities in a period that begins first, by their template sets.
func firstDue(s *site.Site, sets map[string]content.TemplateSet, chosen []entity.Entity, p period.Period) (dueDate, error) {
	seen := map[convention]entity.Entity{}
	for _, e := range chosen {
		seen[convention{e.Templates, e.Calendar, e.Timezone, e.Close, e.PeriodCalendar()}] = e
	}
	var first dueDate
	for _, e := range seen {
		due, err := firstDueOf(s, sets[e.Templates], e, p)
		if err != nil {
			return dueDate{}, err
		}
		if first.date == "" || due.date != "" && due.before(first) {
			first = due
		}
	}
	return first, nil
}

// before orders due dates by when they begin, and those that begin at once by their dates.
func (d dueDate) before(other dueDate) bool {
	return d.at.Before(other.at) || d.at.Equal(other.at) && d.date < other.date
}

func firstDueOf(s *site.Site, set content.TemplateSet, e entity.Entity, p period.Period) (dueDate, error) {
	working, err := s.Calendar(e.Calendar)
	if err != nil {
		return dueDate{}, err
	}
	zone, err := e.Location()
	if err != nil {
		return dueDate{}, err
	}
	rolled, err := rollforward.Checklist(nil, set, p, e, working)
	if err != nil {
		return dueDate{}, err
	}
	first := ""
	for _, item := range rolled.Items {
		first = earliest(first, item.Preparers)
		first = earliest(first, item.Reviewers)
	}
	if first == "" {
		return dueDate{}, nil
	}
	day, err := time.Parse(time.DateOnly, first)
	return dueDate{date: first, at: calendar.StartOfDay(day, zone)}, err
}

func earliest(first string, assignees []content.Assignee) string {
	for _, a := range assignees {
		if a.DueDate != "" && (first == "" || a.DueDate < first) {
			first = a.DueDate
		}
	}
	return first
}

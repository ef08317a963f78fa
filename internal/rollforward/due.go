package rollforward

import (
	"fmt"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/failure"
)

// isDue reports whether a frequency is due in the target, by the entity's fiscal year.
func (r rolling[T]) isDue(w work, frequency content.Frequency) (bool, error) {
	periods := r.entity.PeriodCalendar()
	switch frequency {
	case content.Monthly, content.Once:
		return true, nil
	case content.Quarterly:
		return periods.EndsQuarter(r.target), nil
	case content.SemiAnnual:
		return periods.EndsHalf(r.target), nil
	case content.Annual:
		return periods.EndsYear(r.target), nil
	default:
		return false, r.wrong(w, "frequency", string(frequency), "write monthly, quarterly, semi-annual, annual or once",
			"unknown frequency")
	}
}

// partAssignees parts those who are due from those who rest this period.
func (r rolling[T]) partAssignees(w work, all []content.Assignee, itemDue bool) (due, resting []content.Assignee, err error) {
	for _, assignee := range all {
		assignee.DueDate = ""
		isDue := itemDue
		if assignee.Frequency != "" {
			own, err := r.isDue(w, assignee.Frequency)
			if err != nil {
				return nil, nil, err
			}
			isDue = isDue && own
		}
		if isDue {
			due = append(due, assignee)
		} else {
			resting = append(resting, assignee)
		}
	}
	return due, resting, nil
}

// setDueDates works out every assignee's day, and fails where a preparer's is after a reviewer's.
func (r rolling[T]) setDueDates(w work) error {
	if err := r.setDue(w, *w.preparers); err != nil {
		return err
	}
	if err := r.setDue(w, *w.reviewers); err != nil {
		return err
	}
	for _, preparer := range *w.preparers {
		for _, reviewer := range *w.reviewers {
			if preparer.DueDate > reviewer.DueDate {
				return r.wrong(w, "due", preparer.Due, "a preparer is due no later than a reviewer",
					"preparer %s is due on %s, after reviewer %s on %s", preparer.Name, preparer.DueDate, reviewer.Name, reviewer.DueDate)
			}
		}
	}
	return nil
}

func (r rolling[T]) setDue(w work, assignees []content.Assignee) error {
	for i := range assignees {
		rule, err := calendar.ParseRule(assignees[i].Due)
		if err != nil {
			return fmt.Errorf("%s: read deadline of %s: %w", r.place(w), assignees[i].Name, err)
		}
		assignees[i].DueDate = r.calendar.Due(rule, r.target, r.entity.PeriodCalendar(), r.entity.Close).Format(time.DateOnly)
	}
	return nil
}

func (r rolling[T]) place(w work) string { return fmt.Sprintf("%s: item %s", r.document, w.id) }

func (r rolling[T]) wrong(w work, key, value, hint, format string, args ...any) error {
	return failure.New(failure.Data, r.place(w)+": "+key, value, hint, format, args...)
}

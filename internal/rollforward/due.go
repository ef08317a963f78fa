package rollforward

import (
	"fmt"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/failure"
)

// isDue reports whether a frequency is due in the to period, by the entity's fiscal year.
func (r itemRoller[T]) isDue(c commonFields, frequency content.Frequency) (bool, error) {
	periods := r.entity.PeriodCalendar()
	switch frequency {
	case content.Monthly, content.Once:
		return true, nil
	case content.Quarterly:
		return periods.EndsQuarter(r.to), nil
	case content.SemiAnnual:
		return periods.EndsHalf(r.to), nil
	case content.Annual:
		return periods.EndsYear(r.to), nil
	default:
		return false, r.itemError(c, "frequency", string(frequency), "write monthly, quarterly, semi-annual, annual or once",
			"unknown frequency")
	}
}

// splitAssignees separates those who are due this period from those who are not.
func (r itemRoller[T]) splitAssignees(c commonFields, all []content.Assignee, itemDue bool) (due, notDue []content.Assignee, err error) {
	for _, assignee := range all {
		assignee.DueDate = ""
		isDue := itemDue
		if assignee.Frequency != "" {
			own, err := r.isDue(c, assignee.Frequency)
			if err != nil {
				return nil, nil, err
			}
			isDue = isDue && own
		}
		if isDue {
			due = append(due, assignee)
		} else {
			notDue = append(notDue, assignee)
		}
	}
	return due, notDue, nil
}

// setDueDates works out every assignee's day, and fails where a preparer's is after a reviewer's.
func (r itemRoller[T]) setDueDates(c commonFields) error {
	if err := r.setDue(c, *c.preparers); err != nil {
		return err
	}
	if err := r.setDue(c, *c.reviewers); err != nil {
		return err
	}
	for _, preparer := range *c.preparers {
		for _, reviewer := range *c.reviewers {
			if preparer.DueDate > reviewer.DueDate {
				return r.itemError(c, "due", preparer.Due, "a preparer is due no later than a reviewer",
					"preparer %s is due on %s, after reviewer %s on %s", preparer.Name, preparer.DueDate, reviewer.Name, reviewer.DueDate)
			}
		}
	}
	return nil
}

func (r itemRoller[T]) setDue(c commonFields, assignees []content.Assignee) error {
	for i := range assignees {
		rule, err := calendar.ParseRule(assignees[i].Due)
		if err != nil {
			return fmt.Errorf("%s: read deadline of %s: %w", r.describe(c), assignees[i].Name, err)
		}
		assignees[i].DueDate = r.calendar.Due(rule, r.to, r.entity.PeriodCalendar(), r.entity.Close).Format(time.DateOnly)
	}
	return nil
}

func (r itemRoller[T]) describe(c commonFields) string {
	return fmt.Sprintf("%s: item %s", r.document, c.id)
}

func (r itemRoller[T]) itemError(c commonFields, key, value, hint, format string, args ...any) error {
	return failure.New(failure.Data, r.describe(c)+": "+key, value, hint, format, args...)
}

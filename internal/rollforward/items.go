package rollforward

import (
	"slices"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
)

// commonFields is what checklist items and reconciliations have in common; it points into one of them.
type commonFields struct {
	id                   string
	section              string
	frequency            content.Frequency
	preparers, reviewers *[]content.Assignee
	notDue               *content.NotDueAssignees
	status               *content.Status
	signOffs             *[]content.SignOff
	comments             *[]string
}

// itemRoller rolls one list of items.
type itemRoller[T any] struct {
	document       string // for errors: "checklist", "reconciliations"
	to             period.Period
	entity         entity.Entity
	calendar       *calendar.Calendar
	fieldsOf       func(*T) commonFields
	rollItem       func(*T)       // rolls an item's own texts and values
	expandTemplate func(*T) error // makes an item of a template's
}

// itemList is a base's items, or a new period's.
type itemList[T any] struct {
	items, notDue []T
	seenTemplates []string
}

// roll makes the to period's items of the base's and of the templates that the base has not seen.
func (r itemRoller[T]) roll(base itemList[T], templates []T) (itemList[T], error) {
	due, rest := r.rolledItems(base.items), r.rolledItems(base.notDue)
	for i := range due {
		dropOnce(r.fieldsOf(&due[i]))
	}
	added, err := r.addedTo(base, templates)
	if err != nil {
		return itemList[T]{}, err
	}
	if err := r.checkUnique(slices.Concat(due, rest, added)); err != nil {
		return itemList[T]{}, err
	}
	order := r.ids(templates)
	rolled, err := r.splitDue(r.inOrder(due, append(rest, added...), order))
	rolled.seenTemplates = union(base.seenTemplates, order)
	return rolled, err
}

// rolledItems rolls copies of items, save those that were due once.
func (r itemRoller[T]) rolledItems(items []T) []T {
	var kept []T
	for _, item := range items {
		if r.fieldsOf(&item).frequency != content.Once {
			r.rollItem(&item)
			kept = append(kept, item)
		}
	}
	return kept
}

// dropOnce leaves out the assignees who were due once.
func dropOnce(c commonFields) {
	once := func(a content.Assignee) bool { return a.Frequency == content.Once }
	*c.preparers = slices.DeleteFunc(slices.Clone(*c.preparers), once)
	*c.reviewers = slices.DeleteFunc(slices.Clone(*c.reviewers), once)
}

func (r itemRoller[T]) ids(items []T) []string {
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = r.fieldsOf(&items[i]).id
	}
	return ids
}

// addedTo makes items of the templates that the base has not seen, save those that it has under the same id.
func (r itemRoller[T]) addedTo(base itemList[T], templates []T) ([]T, error) {
	known := append(r.ids(base.items), r.ids(base.notDue)...)
	fresh := unseen(base.seenTemplates, r.ids(templates))
	var added []T
	for _, item := range templates {
		id := r.fieldsOf(&item).id
		if !slices.Contains(fresh, id) || slices.Contains(known, id) {
			continue
		}
		if err := r.expandTemplate(&item); err != nil {
			return nil, err
		}
		added = append(added, item)
	}
	return added, nil
}

func (r itemRoller[T]) checkUnique(items []T) error {
	seen := map[string]bool{}
	for _, id := range r.ids(items) {
		if seen[id] {
			return failure.New(failure.Data, r.document+": id", id, "give one of the two another id", "duplicate id")
		}
		seen[id] = true
	}
	return nil
}

// inOrder puts items that come to a list where the template set has them: after the nearest one before them there, or before
// the nearest one after them; else after the last one of their section; else at the end.
func (r itemRoller[T]) inOrder(items, coming []T, order []string) []T {
	if len(items) == 0 {
		return coming
	}
	for _, item := range coming {
		items = slices.Insert(items, r.placeFor(items, r.fieldsOf(&item), order), item)
	}
	return items
}

func (r itemRoller[T]) placeFor(items []T, c commonFields, order []string) int {
	if at, found := r.besideTemplates(items, c.id, order); found {
		return at
	}
	for at := len(items) - 1; at >= 0; at-- {
		if r.fieldsOf(&items[at]).section == c.section {
			return at + 1
		}
	}
	return len(items)
}

// besideTemplates looks for the items that the template set has around an id.
func (r itemRoller[T]) besideTemplates(items []T, id string, order []string) (int, bool) {
	own := slices.Index(order, id)
	present := r.ids(items)
	for i := own - 1; i >= 0; i-- {
		if at := slices.Index(present, order[i]); at >= 0 {
			return at + 1, true
		}
	}
	for i := own + 1; own >= 0 && i < len(order); i++ {
		if at := slices.Index(present, order[i]); at >= 0 {
			return at, true
		}
	}
	return 0, false
}

// splitDue separates the items that are due in the to period from those that are not.
func (r itemRoller[T]) splitDue(all []T) (itemList[T], error) {
	rolled := itemList[T]{items: []T{}}
	for _, item := range all {
		due, err := r.prepare(r.fieldsOf(&item))
		if err != nil {
			return itemList[T]{}, err
		}
		if due {
			rolled.items = append(rolled.items, item)
		} else {
			rolled.notDue = append(rolled.notDue, item)
		}
	}
	return rolled, nil
}

// prepare clears an item for the to period and reports whether it is due. It is not where none of its preparers is.
func (r itemRoller[T]) prepare(c commonFields) (bool, error) {
	*c.status, *c.signOffs, *c.comments = content.NotStarted, nil, nil
	preparers := slices.Concat(*c.preparers, c.notDue.Preparers)
	reviewers := slices.Concat(*c.reviewers, c.notDue.Reviewers)
	due, err := r.isDue(c, c.frequency)
	if err != nil {
		return false, err
	}
	*c.preparers, c.notDue.Preparers, err = r.splitAssignees(c, preparers, due)
	if err != nil {
		return false, err
	}
	*c.reviewers, c.notDue.Reviewers, err = r.splitAssignees(c, reviewers, due)
	if err != nil {
		return false, err
	}
	if due && (len(*c.preparers) > 0 || len(preparers) == 0) {
		return true, r.setDueDates(c)
	}
	*c.preparers, *c.reviewers, *c.notDue = preparers, reviewers, content.NotDueAssignees{}
	clearDueDates(preparers)
	clearDueDates(reviewers)
	return false, nil
}

func clearDueDates(assignees []content.Assignee) {
	for i := range assignees {
		assignees[i].DueDate = ""
	}
}

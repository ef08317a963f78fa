package rollforward

import (
	"slices"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
)

// work is what checklist items and reconciliations have in common; it points into one of them.
type work struct {
	id                   string
	section              string
	frequency            content.Frequency
	preparers, reviewers *[]content.Assignee
	resting              *content.Resting
	status               *content.Status
	signOffs             *[]content.SignOff
	comments             *[]string
}

// rolling is what rolling one list of items takes.
type rolling[T any] struct {
	document string // for errors: "checklist", "reconciliations"
	target   period.Period
	entity   entity.Entity
	calendar *calendar.Calendar
	workOf   func(*T) work
	renew    func(*T)       // rolls an item's own texts and values
	fresh    func(*T) error // makes an item of a template's
}

// list is a base's items, or a new period's.
type list[T any] struct {
	items, remembered []T
	seen              []string
}

// roll makes the target's items of the base's and of the templates that the base has not seen.
func (r rolling[T]) roll(base list[T], templates []T) (list[T], error) {
	due, rest := r.renewed(base.items), r.renewed(base.remembered)
	for i := range due {
		dropOnce(r.workOf(&due[i]))
	}
	added, err := r.addedTo(base, templates)
	if err != nil {
		return list[T]{}, err
	}
	if err := r.checkUnique(slices.Concat(due, rest, added)); err != nil {
		return list[T]{}, err
	}
	order := r.ids(templates)
	rolled, err := r.divide(r.inOrder(due, append(rest, added...), order))
	rolled.seen = union(base.seen, order)
	return rolled, err
}

// renewed rolls copies of items, save those that were due once.
func (r rolling[T]) renewed(items []T) []T {
	var kept []T
	for _, item := range items {
		if r.workOf(&item).frequency != content.Once {
			r.renew(&item)
			kept = append(kept, item)
		}
	}
	return kept
}

// dropOnce leaves out the assignees who were due once.
func dropOnce(w work) {
	once := func(a content.Assignee) bool { return a.Frequency == content.Once }
	*w.preparers = slices.DeleteFunc(slices.Clone(*w.preparers), once)
	*w.reviewers = slices.DeleteFunc(slices.Clone(*w.reviewers), once)
}

func (r rolling[T]) ids(items []T) []string {
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = r.workOf(&items[i]).id
	}
	return ids
}

// addedTo makes items of the templates that the base has not seen, save those that it has under the same id.
func (r rolling[T]) addedTo(base list[T], templates []T) ([]T, error) {
	known := append(r.ids(base.items), r.ids(base.remembered)...)
	fresh := unseen(base.seen, r.ids(templates))
	var added []T
	for _, item := range templates {
		id := r.workOf(&item).id
		if !slices.Contains(fresh, id) || slices.Contains(known, id) {
			continue
		}
		if err := r.fresh(&item); err != nil {
			return nil, err
		}
		added = append(added, item)
	}
	return added, nil
}

func (r rolling[T]) checkUnique(items []T) error {
	met := map[string]bool{}
	for _, id := range r.ids(items) {
		if met[id] {
			return failure.New(failure.Data, r.document+": id", id, "give one of the two another id", "the id is there twice")
		}
		met[id] = true
	}
	return nil
}

// inOrder puts items that come to a list where the template set has them: after the nearest one before them there, or before
// the nearest one after them; else after the last one of their section; else at the end.
func (r rolling[T]) inOrder(items, coming []T, order []string) []T {
	if len(items) == 0 {
		return coming
	}
	for _, item := range coming {
		items = slices.Insert(items, r.placeFor(items, r.workOf(&item), order), item)
	}
	return items
}

func (r rolling[T]) placeFor(items []T, w work, order []string) int {
	if at, found := r.besideTemplates(items, w.id, order); found {
		return at
	}
	for at := len(items) - 1; at >= 0; at-- {
		if r.workOf(&items[at]).section == w.section {
			return at + 1
		}
	}
	return len(items)
}

// besideTemplates looks for the items that the template set has around an id.
func (r rolling[T]) besideTemplates(items []T, id string, order []string) (int, bool) {
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

// divide parts the items that are due in the target from those that are remembered.
func (r rolling[T]) divide(all []T) (list[T], error) {
	rolled := list[T]{items: []T{}}
	for _, item := range all {
		due, err := r.start(r.workOf(&item))
		if err != nil {
			return list[T]{}, err
		}
		if due {
			rolled.items = append(rolled.items, item)
		} else {
			rolled.remembered = append(rolled.remembered, item)
		}
	}
	return rolled, nil
}

// start clears an item for the target and tells whether it is due. It is not where none of its preparers is.
func (r rolling[T]) start(w work) (bool, error) {
	*w.status, *w.signOffs, *w.comments = content.NotStarted, nil, nil
	preparers := slices.Concat(*w.preparers, w.resting.Preparers)
	reviewers := slices.Concat(*w.reviewers, w.resting.Reviewers)
	due, err := r.isDue(w, w.frequency)
	if err != nil {
		return false, err
	}
	*w.preparers, w.resting.Preparers, err = r.partAssignees(w, preparers, due)
	if err != nil {
		return false, err
	}
	*w.reviewers, w.resting.Reviewers, err = r.partAssignees(w, reviewers, due)
	if err != nil {
		return false, err
	}
	if due && (len(*w.preparers) > 0 || len(preparers) == 0) {
		return true, r.setDueDates(w)
	}
	*w.preparers, *w.reviewers, *w.resting = preparers, reviewers, content.Resting{}
	clearDueDates(preparers)
	clearDueDates(reviewers)
	return false, nil
}

func clearDueDates(assignees []content.Assignee) {
	for i := range assignees {
		assignees[i].DueDate = ""
	}
}

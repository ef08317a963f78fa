package rollforward

import (
	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
)

// Reconciliations makes the reconciliations of a period: the base's by their ids, cleared, each opening with what it closed
// with; of the template set alone where there is no base. An opening balance is provisional until the prior period is closed
// or locked. It fails as Checklist does, and where two workbooks would have one name.
func Reconciliations(base *content.Reconciliations, prior content.PeriodState, set content.TemplateSet, target period.Period,
	e entity.Entity, working *calendar.Calendar,
) (content.Reconciliations, error) {
	if base == nil {
		base = &content.Reconciliations{Period: e.PeriodCalendar().Prior(target), Seen: []string{}, Style: styleOf(set)}
	}
	if err := checkBase("reconciliations.json", base.Period, target); err != nil {
		return content.Reconciliations{}, err
	}
	roll := Names{From: base.Period, To: target, Periods: e.PeriodCalendar(), Style: withAccounts(base.Style, set)}.roller()
	rules := itemRoller[content.Reconciliation]{
		document: "reconciliations", target: target, entity: e, calendar: working, fieldsOf: fieldsOfReconciliation,
		rollItem: func(item *content.Reconciliation) { rollReconciliation(roll, item) },
		expandTemplate: func(item *content.Reconciliation) error {
			return expandAll(target, e.PeriodCalendar(), &item.Folder, &item.Workbook)
		},
	}
	rolled, err := rules.roll(itemList[content.Reconciliation]{base.Items, base.Remembered, base.Seen}, set.Reconciliations.Items)
	if err != nil {
		return content.Reconciliations{}, err
	}
	setOpenings(rolled.items, prior)
	return content.Reconciliations{
		Version: content.Version, Period: target, Items: rolled.items, Remembered: rolled.remembered, Seen: rolled.seen,
		PriorWorkbooks: workbooksOf(base.Items), Style: roll.nextStyle(),
	}, checkWorkbooks(rolled.items)
}

func fieldsOfReconciliation(item *content.Reconciliation) commonFields {
	return commonFields{
		id: item.ID, frequency: item.Frequency, preparers: &item.Preparers, reviewers: &item.Reviewers, resting: &item.Resting,
		status: &item.Status, signOffs: &item.SignOffs, comments: &item.Comments,
	}
}

// rollReconciliation rolls an item's texts. Its closing balance stays until it opens: a remembered item keeps it.
func rollReconciliation(roll *roller, item *content.Reconciliation) {
	item.Folder, item.Workbook = roll.roll(item.Folder), roll.roll(item.Workbook)
	item.Opening, item.OpeningProvisional, item.OpeningStale, item.WorkbookStale = "", false, false, false
}

// open lets items begin with the balances that they closed with.
func setOpenings(items []content.Reconciliation, prior content.PeriodState) {
	for i := range items {
		items[i].Opening, items[i].Closing = items[i].Closing, ""
		items[i].OpeningProvisional = !isClosed(prior)
	}
}

func isClosed(state content.PeriodState) bool {
	return state == content.Closed || state == content.Locked
}

func workbooksOf(items []content.Reconciliation) []string {
	var workbooks []string
	for _, item := range items {
		workbooks = append(workbooks, item.Workbook)
	}
	return workbooks
}

// checkWorkbooks fails where a reconciliation has no workbook, or one that another has too.
func checkWorkbooks(items []content.Reconciliation) error {
	owner := map[string]string{}
	for _, item := range items {
		if !isPath(item.Workbook) {
			return failure.New(failure.Data, "reconciliations: item "+item.ID+": workbook", item.Workbook,
				"give it a path below the entity's remote", "not the path of a workbook")
		}
		if other, taken := owner[fold(item.Workbook)]; taken {
			return failure.New(failure.Data, "reconciliations: item "+item.ID+": workbook", item.Workbook, "rename one of them",
				"item %s has the same workbook", other)
		}
		owner[fold(item.Workbook)] = item.ID
	}
	return nil
}

// RefreshOpenings compares the opening balances of a period whose workbooks are delivered with the prior period as it is now.
// An item that nobody has signed off and whose opening was provisional takes the new balance, and its workbook is stale from
// then on. Everywhere else a change only marks the opening stale: a balance that somebody relied on is never replaced. It
// reports whether anything changed; the input stays as it is.
func RefreshOpenings(current, prior content.Reconciliations, state content.PeriodState) (content.Reconciliations, bool) {
	closing := map[string]string{}
	for _, item := range prior.Items {
		closing[item.ID] = item.Closing
	}
	for _, item := range prior.Remembered {
		closing[item.ID] = item.Closing
	}
	changed := false
	items := append([]content.Reconciliation{}, current.Items...)
	for i := range items {
		if balance, known := closing[items[i].ID]; known {
			changed = refresh(&items[i], balance, isClosed(state)) || changed
		}
	}
	current.Items = items
	return current, changed
}

// refresh compares one opening balance with a closing balance and reports whether the item changed.
func refresh(item *content.Reconciliation, closing string, closed bool) bool {
	if item.OpeningProvisional && item.Status != content.SignedOff {
		moved := item.Opening != closing
		item.WorkbookStale = item.WorkbookStale || moved
		changed := moved || closed || item.OpeningStale
		item.Opening, item.OpeningProvisional, item.OpeningStale = closing, !closed, false
		return changed
	}
	stale := item.Opening != closing || !closed && !item.OpeningProvisional
	changed := item.OpeningStale != stale
	item.OpeningStale = stale
	return changed
}

// StaleItems returns the ids of the reconciliations whose delivered workbooks do not show what the prior period closed with.
func StaleItems(r content.Reconciliations) []string {
	var ids []string
	for _, item := range r.Items {
		if item.OpeningStale || item.WorkbookStale {
			ids = append(ids, item.ID)
		}
	}
	return ids
}

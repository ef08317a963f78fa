package rollforward

import (
	"fmt"
	"regexp"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
)

// Reconciliations makes the reconciliations of a period: the base's by their ids, cleared, each opening with what it closed
// with; of the template set alone where there is no base. An opening balance is provisional until the prior period is closed
// or locked. It fails as Checklist does, and where two workbooks would have one name.
func Reconciliations(base *content.Reconciliations, prior content.PeriodState, set content.TemplateSet, to period.Period,
	e entity.Entity, workdays *calendar.Calendar,
) (content.Reconciliations, error) {
	if base == nil {
		base = &content.Reconciliations{Period: e.PeriodCalendar().Prior(to), SeenTemplates: []string{}, Style: styleFromTemplates(set)}
	}
	if err := checkBase("reconciliations.json", base.Period, to); err != nil {
		return content.Reconciliations{}, err
	}
	if err := CheckBalances(*base); err != nil {
		return content.Reconciliations{}, err
	}
	roller := NameRoller{From: base.Period, To: to, Periods: e.PeriodCalendar(), Style: withAccounts(base.Style, set)}.newRoller()
	rules := itemRoller[content.Reconciliation]{
		document: "reconciliations", to: to, entity: e, calendar: workdays, fieldsOf: fieldsOfReconciliation,
		rollItem: func(item *content.Reconciliation) { rollReconciliation(roller, item) },
		expandTemplate: func(item *content.Reconciliation) error {
			return expandAll(to, e.PeriodCalendar(), &item.Folder, &item.Workbook)
		},
	}
	rolled, err := rules.roll(itemList[content.Reconciliation]{base.Items, base.NotDue, base.SeenTemplates}, set.Reconciliations.Items)
	if err != nil {
		return content.Reconciliations{}, err
	}
	setOpenings(rolled.items, prior)
	return content.Reconciliations{
		Version: content.Version, Period: to, Items: rolled.items, NotDue: rolled.notDue, SeenTemplates: rolled.seenTemplates,
		PriorWorkbooks: workbooksOf(base.Items), Style: roller.nextStyle(),
	}, checkWorkbooks(rolled.items)
}

// amountPattern is a decimal number, as docs/ledger.md defines an amount: neither exponent nor formula nor infinity.
var amountPattern = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)

// CheckBalances fails where a closing balance, which people and other programs write, is no amount: it would open the next
// period as it is.
func CheckBalances(base content.Reconciliations) error {
	for _, items := range [][]content.Reconciliation{base.Items, base.NotDue} {
		for _, item := range items {
			if item.Closing != "" && !amountPattern.MatchString(item.Closing) {
				return failure.New(failure.Data, fmt.Sprintf("reconciliations.json of %s: item %s: closing", base.Period, item.ID),
					item.Closing, "write a decimal number like -1234.50, or leave it empty where it is not known yet", "not an amount")
			}
		}
	}
	return nil
}

func fieldsOfReconciliation(item *content.Reconciliation) commonFields {
	return commonFields{
		id: item.ID, frequency: item.Frequency, preparers: &item.Preparers, reviewers: &item.Reviewers, notDue: &item.NotDue,
		status: &item.Status, signOffs: &item.SignOffs, comments: &item.Comments,
	}
}

// rollReconciliation rolls an item's texts. Its closing balance stays until it opens: an item that is not due keeps it.
func rollReconciliation(roller *roller, item *content.Reconciliation) {
	item.Folder, item.Workbook = roller.roll(item.Folder), roller.roll(item.Workbook)
	item.Opening, item.OpeningProvisional, item.OpeningStale, item.WorkbookStale = "", false, false, false
}

// setOpenings sets each item's opening balance to its closing balance of the prior period.
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
		if !isCleanRelativePath(item.Workbook) {
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
	for _, item := range prior.NotDue {
		closing[item.ID] = item.Closing
	}
	changed := false
	items := append([]content.Reconciliation{}, current.Items...)
	for i := range items {
		if balance, known := closing[items[i].ID]; known {
			changed = refreshOpening(&items[i], balance, isClosed(state)) || changed
		}
	}
	current.Items = items
	return current, changed
}

// refreshOpening compares one opening balance with a closing balance and reports whether the item changed.
func refreshOpening(item *content.Reconciliation, closing string, closed bool) bool {
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

// StaleItemIDs returns the ids of the reconciliations whose delivered workbooks do not show what the prior period closed with.
func StaleItemIDs(r content.Reconciliations) []string {
	var ids []string
	for _, item := range r.Items {
		if item.OpeningStale || item.WorkbookStale {
			ids = append(ids, item.ID)
		}
	}
	return ids
}

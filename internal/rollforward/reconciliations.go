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
	rules := rolling[content.Reconciliation]{
		document: "reconciliations", target: target, entity: e, calendar: working, workOf: workOfReconciliation,
		renew: func(item *content.Reconciliation) { renewReconciliation(roll, item) },
		fresh: func(item *content.Reconciliation) error {
			return expandAll(target, e.PeriodCalendar(), &item.Folder, &item.Workbook)
		},
	}
	rolled, err := rules.roll(list[content.Reconciliation]{base.Items, base.Remembered, base.Seen}, set.Reconciliations.Items)
	if err != nil {
		return content.Reconciliations{}, err
	}
	open(rolled.items, prior)
	return content.Reconciliations{
		Version: content.Version, Period: target, Items: rolled.items, Remembered: rolled.remembered, Seen: rolled.seen,
		PriorWorkbooks: workbooksOf(base.Items), Style: roll.nextStyle(),
	}, checkWorkbooks(rolled.items)
}

func workOfReconciliation(item *content.Reconciliation) work {
	return work{
		id: item.ID, frequency: item.Frequency, preparers: &item.Preparers, reviewers: &item.Reviewers, resting: &item.Resting,
		status: &item.Status, signOffs: &item.SignOffs, comments: &item.Comments,
	}
}

// renewReconciliation rolls an item's texts. Its closing balance stays until it opens: a remembered item keeps it.
func renewReconciliation(roll *roller, item *content.Reconciliation) {
	item.Folder, item.Workbook = roll.roll(item.Folder), roll.roll(item.Workbook)
	item.Opening, item.OpeningProvisional, item.OpeningStale, item.WorkbookStale = "", false, false, false
}

// open lets items begin with the balances that they closed with.
func open(items []content.Reconciliation, prior content.PeriodState) {
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

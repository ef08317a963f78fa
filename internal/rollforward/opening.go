package rollforward

import "metronome/internal/content"

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

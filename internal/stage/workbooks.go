package stage

import (
	"metronome/internal/content"
	"metronome/internal/ledger"
)

// Workbook is one .xlsx of a period: where it is kept in the ledger, and where it goes at the customer's storage.
type Workbook struct {
	Key            string
	Path           string                  // relative to the entity's remote
	Reconciliation *content.Reconciliation // what it shows; nil: the checklist
}

// Workbooks lists the workbooks of a period: the checklist's and one for each reconciliation that is due.
func Workbooks(job Job, checklist content.Checklist, reconciliations content.Reconciliations) []Workbook {
	var list []Workbook
	if checklist.Workbook != "" {
		list = append(list, Workbook{Key: ledger.ChecklistWorkbookKey(job.Entity.ID, job.Period), Path: checklist.Workbook})
	}
	for i := range reconciliations.Items {
		item := &reconciliations.Items[i]
		key := ledger.ReconciliationWorkbookKey(job.Entity.ID, job.Period, item.ID)
		list = append(list, Workbook{Key: key, Path: item.Workbook, Reconciliation: item})
	}
	return list
}

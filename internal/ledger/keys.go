package ledger

import (
	"net/url"

	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/internal/receipt"
)

// EntitiesKey is the catalog's list of entities.
const EntitiesKey = "catalog/entities.jsonl"

// Prefixes under which a listing finds a kind of document.
const (
	TemplatesPrefix = "catalog/templates/"
	EntitiesPrefix  = "entities/"
	RunsPrefix      = "runs/"
)

// Names of an entity's content documents, for EntityKey.
const (
	PeriodName          = "period.json"
	FoldersName         = "folders.json"
	ChecklistName       = "checklist.json"
	ReconciliationsName = "reconciliations.json"
	DocumentsName       = "documents.json"
	ManifestName        = "upload.json"
)

// TemplateSetKey is the key of a template set.
func TemplateSetKey(set string) string { return TemplatesPrefix + set + ".yaml" }

// EntityPrefix is above all periods of an entity.
func EntityPrefix(id entity.ID) string { return EntitiesPrefix + string(id) + "/" }

// PeriodPrefix is above all documents of one entity's period.
func PeriodPrefix(id entity.ID, p period.Period) string { return EntityPrefix(id) + p.String() + "/" }

// EntityKey is the key of a document of one entity's period; the name may have several elements.
func EntityKey(id entity.ID, p period.Period, name string) string { return PeriodPrefix(id, p) + name }

// ChecklistWorkbookKey is the key of the checklist as an .xlsx.
func ChecklistWorkbookKey(id entity.ID, p period.Period) string {
	return EntityKey(id, p, "workbooks/checklist.xlsx")
}

// ReconciliationWorkbookKey is the key of a reconciliation as an .xlsx; its id is percent-encoded, as it may hold a slash.
func ReconciliationWorkbookKey(id entity.ID, p period.Period, reconciliation string) string {
	return EntityKey(id, p, "workbooks/reconciliation-"+url.PathEscape(reconciliation)+".xlsx")
}

// ReceiptKey is the key of the receipt of a stage.
func ReceiptKey(id entity.ID, p period.Period, stage receipt.Stage) string {
	return PeriodPrefix(id, p) + "receipts/" + string(stage) + ".json"
}

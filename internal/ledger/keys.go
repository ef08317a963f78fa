package ledger

import (
	"fmt"
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

// RunPrefix is above all documents of a run.
func RunPrefix(run string) string { return RunsPrefix + run + "/" }

// RequestKey is the key of what a run was asked to do.
func RequestKey(run string) string { return RunPrefix(run) + "request.json" }

// BatchesPrefix is above the batches of a pool in a run.
func BatchesPrefix(run, pool string) string { return RunPrefix(run) + "batches/" + pool + "/" }

// BatchKey is the key of a batch.
func BatchKey(run, pool, batch string) string { return BatchesPrefix(run, pool) + batch + ".json" }

// ProgressPrefix is above the progress documents of a pool in a run.
func ProgressPrefix(run, pool string) string { return RunPrefix(run) + "progress/" + pool + "/" }

// ProgressKey is the key of a batch's progress.
func ProgressKey(run, pool, batch string) string { return ProgressPrefix(run, pool) + batch + ".json" }

// BeatsPrefix is above the beats of a pool in a run.
func BeatsPrefix(run, pool string) string { return RunPrefix(run) + "beats/" + pool + "/" }

// BeatKey is the key of the nth beat of a pool in a run, of fixed width so that keys sort.
func BeatKey(run, pool string, n int) string {
	return fmt.Sprintf("%s%06d.json", BeatsPrefix(run, pool), n)
}

// ReportKey is the key of a run's report.
func ReportKey(run string) string { return RunPrefix(run) + "report.json" }

// ControlKey is the key of what a person asked of a live run.
func ControlKey(run string) string { return RunPrefix(run) + "control.json" }

// LeaseKey is the key of the lease that keeps a second run off a period.
func LeaseKey(p period.Period) string { return "periods/" + p.String() + "/lease.json" }

// TempoKey is the key of what is known about a pool, kept between runs.
func TempoKey(pool string) string { return "pools/" + pool + "/tempo.json" }

// LimitsKey is the key of the limits that a person set for a pool in place of the configured ones.
func LimitsKey(pool string) string { return "pools/" + pool + "/limits.json" }

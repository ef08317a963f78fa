package run

import (
	"fmt"

	"metronome/internal/batch"
	"metronome/internal/ledger"
	"metronome/internal/period"
)

// RunsPrefix is above all runs of a ledger.
const RunsPrefix = ledger.RunsPrefix

// Prefix is above all documents of a run.
func Prefix(id ID) string { return RunsPrefix + string(id) + "/" }

// RequestKey is the key of what a run was asked to do.
func RequestKey(id ID) string { return Prefix(id) + "request.json" }

// BatchesPrefix is above the batches of a pool in a run.
func BatchesPrefix(id ID, pool string) string { return Prefix(id) + "batches/" + pool + "/" }

// BatchKey is the key of a batch.
func BatchKey(id ID, pool string, b batch.ID) string {
	return BatchesPrefix(id, pool) + string(b) + ".json"
}

// ProgressPools is above the progress documents of all pools of a run.
func ProgressPools(id ID) string { return Prefix(id) + "progress/" }

// ProgressPrefix is above the progress documents of a pool in a run.
func ProgressPrefix(id ID, pool string) string { return ProgressPools(id) + pool + "/" }

// ProgressKey is the key of a batch's progress.
func ProgressKey(id ID, pool string, b batch.ID) string {
	return ProgressPrefix(id, pool) + string(b) + ".json"
}

// BeatsPrefix is above the beats of a pool in a run.
func BeatsPrefix(id ID, pool string) string { return Prefix(id) + "beats/" + pool + "/" }

// BeatKey is the key of the nth beat of a pool in a run, of fixed width so that keys sort.
func BeatKey(id ID, pool string, n int) string {
	return fmt.Sprintf("%s%06d.json", BeatsPrefix(id, pool), n)
}

// StaleKey is the key of the list of entities whose delivered workbooks are stale.
func StaleKey(id ID) string { return Prefix(id) + "stale.json" }

// ReportKey is the key of a run's report.
func ReportKey(id ID) string { return Prefix(id) + "report.json" }

// ControlKey is the key of what a person ordered a live run to do.
func ControlKey(id ID) string { return Prefix(id) + "control.json" }

// LeaseKey is the key of the lease that keeps a second run off a period.
func LeaseKey(p period.Period) string { return "periods/" + p.String() + "/lease.json" }

// TempoKey is the key of what is known about a pool, kept between runs.
func TempoKey(pool string) string { return "pools/" + pool + "/tempo.json" }

// LimitsKey is the key of the limits that a person set for a pool in place of the configured ones.
func LimitsKey(pool string) string { return "pools/" + pool + "/limits.json" }

package upgrade

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// masks are what is not compared with the golden documents, besides moments and the ids of later runs.
var masks = []mask{
	// Measured anew by every run.
	{documents: "entities/*/*/receipts/upload.json", field: "upload.requests"},
	{documents: "entities/*/*/receipts/upload.json", field: "upload.seconds"},
	// Which batch an entity was in depends on what was measured before.
	{documents: "entities/*/*/receipts/*.json", field: "batch"},
	// Of workbooks the cells are compared, not the bytes.
	{documents: "entities/*/*/receipts/upload.json", field: "upload.created[].size", of: ".xlsx"},
	{documents: "entities/*/*/receipts/upload.json", field: "upload.created[].hash", of: ".xlsx"},

	// Changed since: a run refreshes the openings of entities that are done. This one's prior closing balance changed after its
	// period was made.
	{documents: "entities/acme-ca/2026-12/reconciliations.json", field: "items[].opening"},
	{documents: "entities/acme-ca/2026-12/reconciliations.json", field: "items[].openingProvisional"},
	{documents: "entities/acme-ca/2026-12/reconciliations.json", field: "items[].openingStale"},
	{documents: "entities/acme-ca/2026-12/reconciliations.json", field: "items[].workbookStale"},
}

// The runs that the ledger was left with.
const (
	cancelled = iota
	finished
	interrupted
)

func TestInterruptedPeriodIsFinishedAndTheNextRolled(t *testing.T) {
	t.Parallel()
	s := unpack(t, "ledger-1")
	requireGolden(t, "reports", s.reports(t))

	require.JSONEq(t, `{"total": 6, "done": 5, "failed": 0, "skipped": 1, "parked": 0}`, s.run(t, "2026-12"))
	finished := s.documents(t, "2026-12")
	maps.Copy(finished, s.stored(t))
	requireGolden(t, "2026-12", finished)
	for _, pool := range s.providers.Providers() {
		require.Zero(t, s.providers.Counts(pool).Deletes, pool)
	}
	s.providers.Reset()
	require.JSONEq(t, `{"total": 6, "done": 0, "failed": 0, "skipped": 6, "parked": 0}`, s.run(t, "2026-12"))
	for _, pool := range s.providers.Providers() {
		require.Zero(t, s.providers.Counts(pool).Requests, "a rerun asks nothing of %s", pool)
	}

	s.closePeriod(t, "2026-12", "December", "initech")
	s.providers.Reset()
	before := s.ledgerFiles(t, "entities/*/2026-1?")
	require.JSONEq(t, `{"total": 6, "done": 6, "failed": 0, "skipped": 0, "parked": 0}`, s.run(t, "2027-01"))
	rolled := s.documents(t, "2027-01")
	maps.Copy(rolled, s.stored(t))
	requireGolden(t, "2027-01", rolled)
	require.Equal(t, before, s.ledgerFiles(t, "entities/*/2026-1?"), "earlier periods stay as they are")
	for _, pool := range s.providers.Providers() {
		counts := s.providers.Counts(pool)
		require.Zero(t, counts.Deletes, pool)
		require.Zero(t, counts.Overwrites, pool)
	}
	requireGolden(t, "reports", s.reports(t))
}

// run replicates a period and returns what became of its entities.
func (s *site) run(t *testing.T, p string) string {
	t.Helper()
	out, _ := s.metronome(t, 0, "run", "--period", p, "--output", "json")
	var report struct {
		State    string          `json:"state"`
		Entities json.RawMessage `json:"entities"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &report), out)
	require.Equal(t, "done", report.State)
	return string(report.Entities)
}

// reports returns what the commands report of the earlier runs.
func (s *site) reports(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, id := range s.earlier {
		type pool struct {
			Entities    int `json:"entities"`
			Requests    int `json:"requests"`
			WorkersPeak int `json:"workersPeak"`
		}
		var report struct {
			Run      string          `json:"run"`
			Period   string          `json:"period"`
			State    string          `json:"state"`
			Entities map[string]int  `json:"entities"`
			Pools    map[string]pool `json:"pools"`
			Failures []any           `json:"failures"`
		}
		out, _ := s.metronome(t, 0, "report", id, "--output", "json")
		require.NoError(t, json.Unmarshal([]byte(out), &report), out)
		text, err := json.MarshalIndent(report, "", " ")
		require.NoError(t, err)
		found[id] = string(text) + "\n"
		require.Equal(t, report.State, s.state(t, id))
	}
	return found
}

// state returns how the status command says that a run stands.
func (s *site) state(t *testing.T, id string) string {
	t.Helper()
	out, _ := s.metronome(t, 0, "status", id, "--output", "json")
	var status struct {
		State string `json:"state"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &status), out)
	return status.State
}

// What people asked of earlier runs is understood. The runs are made live again by prolonging their leases.
func TestOrdersOfAnEarlierProgramAreUnderstood(t *testing.T) {
	t.Parallel()
	s := unpack(t, "ledger-1")
	s.revive(t, "2026-12", s.earlier[interrupted])
	require.Equal(t, "paused", s.state(t, s.earlier[interrupted]))
	s.metronome(t, 0, "resume", s.earlier[interrupted])
	require.Equal(t, "running", s.state(t, s.earlier[interrupted]))

	s.revive(t, "2026-11", s.earlier[finished])
	require.Equal(t, "running", s.state(t, s.earlier[finished]), "it was paused and resumed")

	s.revive(t, "2026-11", s.earlier[cancelled])
	require.Equal(t, "cancelling", s.state(t, s.earlier[cancelled]))
	_, errs := s.metronome(t, 78, "resume", s.earlier[cancelled])
	require.Contains(t, errs, "the run was cancelled")

	out, _ := s.metronome(t, 0, "tempo", "show", "north")
	require.Contains(t, out, "60 requests/s configured; 50 set by ann@close-1")
	out, _ = s.metronome(t, 0, "tempo", "show", "south")
	require.Contains(t, out, "Rate at the last beat: 16.0 requests/s", "what was learned is known")
}

func (s *site) revive(t *testing.T, p, id string) {
	t.Helper()
	lease := s.read(t, "periods/"+p+"/lease.json")
	lease["run"], lease["expires"] = id, time.Now().UTC().Add(time.Hour)
	s.write(t, "periods/"+p+"/lease.json", lease)
}

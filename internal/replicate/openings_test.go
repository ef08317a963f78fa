package replicate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/replicate"
	"metronome/internal/run"
)

// finish makes an entity's December as a run leaves it whose November was open, and then closes November with a balance.
func finish(t *testing.T, l ledger.Ledger, id entity.ID, closing string) {
	t.Helper()
	put := func(key string, value any) { require.NoError(t, ledger.PutJSON(t.Context(), l, key, value)) }
	november := period.New(2026, 11)
	reconciliations := func(r content.Reconciliation) content.Reconciliations {
		return content.Reconciliations{Version: content.Version, Period: december, Items: []content.Reconciliation{r}}
	}
	put(ledger.EntityKey(id, november, ledger.ReconciliationsName), reconciliations(content.Reconciliation{ID: "cash", Closing: closing}))
	put(ledger.EntityKey(id, november, ledger.PeriodName),
		content.Period{Version: content.Version, Period: november, State: content.Closed})
	put(ledger.EntityKey(id, december, ledger.ReconciliationsName),
		reconciliations(content.Reconciliation{ID: "cash", Opening: "5.00", OpeningProvisional: true}))
	put(ledger.ReceiptKey(id, december, receipt.Upload),
		receipt.Receipt{Version: receipt.Version, Entity: id, Period: december, Stage: receipt.Upload})
}

func TestRunRefreshesTheOpeningsOfEntitiesThatAreDone(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	s := newSite(t, l, "changed", "broken", "same", "new")
	finish(t, l, "changed", "6.00")
	finish(t, l, "same", "5.00")
	finish(t, l, "broken", "5.00")
	require.NoError(t, l.Put(t.Context(), ledger.EntityKey("broken", december, ledger.ReconciliationsName), []byte("no JSON")))
	key := ledger.EntityKey("changed", december, ledger.ReconciliationsName)

	before, _, err := l.Get(t.Context(), key)
	require.NoError(t, err)
	_, err = replicate.Group(t.Context(), s, replicate.Options{Period: december})
	require.NoError(t, err)
	after, _, err := l.Get(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, before, after, "a plan changes nothing")

	for _, id := range []run.ID{"r1", "r2"} {
		request, err := replicate.Begin(t.Context(), s, options(id))
		require.NoError(t, err)
		require.Equal(t, 3, request.Skipped)
		report, err := run.WriteReport(t.Context(), l, id, s.Rate)
		require.NoError(t, err)
		require.Len(t, report.Stale, 2)
		require.Equal(t, entity.ID("broken"), report.Stale[0].Entity)
		require.Contains(t, report.Stale[0].Error, "decode document")
		require.Equal(t, run.StaleEntity{Entity: "changed", Items: []string{"cash"}}, report.Stale[1])
		status, err := run.ReadStatus(t.Context(), l, id, s.Rate)
		require.NoError(t, err)
		require.Equal(t, report.Stale, status.Stale)
		require.NoError(t, run.ReleaseLease(t.Context(), l, december, id))
	}
	kept, _, err := ledger.ReadJSON[content.Reconciliations](t.Context(), l, key)
	require.NoError(t, err)
	require.Equal(t, []content.Reconciliation{{ID: "cash", Opening: "6.00", WorkbookStale: true}}, kept.Items)
}

func TestRunWithoutStaleWorkbooksWritesNoListOfThem(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	s := newSite(t, l, "same", "new")
	finish(t, l, "same", "5.00")
	_, err := replicate.Begin(t.Context(), s, options("r1"))
	require.NoError(t, err)
	_, _, err = l.Get(t.Context(), run.StaleKey("r1"))
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

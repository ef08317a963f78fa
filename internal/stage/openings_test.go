package stage_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/stage"
	"metronome/internal/stage/stagetest"
)

var december = stage.Job{Period: period.New(2026, 12), Entity: entity.Entity{ID: "acme", FiscalYearEnd: 12}}

// delivered makes a ledger in which December was made while November was open and closed with 5.00.
func delivered(t *testing.T, items ...content.Reconciliation) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	stagetest.Put(t, l, december.PriorKey(ledger.ReconciliationsName), reconciliations(content.Reconciliation{ID: "cash", Closing: "5.00"}))
	stagetest.Put(t, l, december.Key(ledger.ReconciliationsName), reconciliations(items...))
	return l
}

func reconciliations(items ...content.Reconciliation) content.Reconciliations {
	return content.Reconciliations{Version: content.Version, Period: december.Period, Items: items}
}

func periodIn(state content.PeriodState) content.Period {
	return content.Period{Version: content.Version, Period: december.Period, State: state}
}

func TestRefreshOpenings(t *testing.T) {
	t.Parallel()
	provisional := content.Reconciliation{ID: "cash", Opening: "4.00", OpeningProvisional: true}
	final := content.Reconciliation{ID: "cash", Opening: "4.00"}
	tests := map[string]struct {
		item      content.Reconciliation
		prior     content.PeriodState
		own       content.PeriodState
		want      content.Reconciliation
		wantStale []string
	}{
		"a provisional opening takes the new balance": {
			provisional, content.Open, content.Open,
			content.Reconciliation{ID: "cash", Opening: "5.00", OpeningProvisional: true, WorkbookStale: true}, []string{"cash"},
		},
		"and is final once the prior period is closed": {
			provisional, content.Closed, content.Open,
			content.Reconciliation{ID: "cash", Opening: "5.00", WorkbookStale: true}, []string{"cash"},
		},
		"a final opening stays and is stale": {
			final, content.Closed, content.Open,
			content.Reconciliation{ID: "cash", Opening: "4.00", OpeningStale: true}, []string{"cash"},
		},
		"the same balance": {
			content.Reconciliation{ID: "cash", Opening: "5.00"}, content.Closed, content.Open,
			content.Reconciliation{ID: "cash", Opening: "5.00"}, nil,
		},
		"a locked period is not written to, but reported": {provisional, content.Closed, content.Locked, provisional, []string{"cash"}},
		"an account that the prior period does not have": {
			content.Reconciliation{ID: "new", Opening: "4.00"}, content.Closed, content.Open,
			content.Reconciliation{ID: "new", Opening: "4.00"}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := delivered(t, test.item)
			stagetest.Put(t, l, december.PriorKey(ledger.PeriodName), periodIn(test.prior))
			stagetest.Put(t, l, december.Key(ledger.PeriodName), periodIn(test.own))
			for range 2 { // what is stale is reported again
				stale, err := stage.RefreshOpenings(t.Context(), l, december)
				require.NoError(t, err)
				require.Equal(t, test.wantStale, stale)
			}
			kept, _, err := ledger.ReadJSON[content.Reconciliations](t.Context(), l, december.Key(ledger.ReconciliationsName))
			require.NoError(t, err)
			require.Equal(t, []content.Reconciliation{test.want}, kept.Items)
		})
	}
}

func TestRefreshOpeningsReadsLittle(t *testing.T) {
	t.Parallel()
	l := &stagetest.Counting{Ledger: delivered(t, content.Reconciliation{ID: "cash", Opening: "5.00", OpeningProvisional: true})}
	stale, err := stage.RefreshOpenings(t.Context(), l, december)
	require.NoError(t, err)
	require.Empty(t, stale)
	require.EqualValues(t, 3, l.Gets.Load(), "both periods' reconciliations, and whether the prior period is closed")

	l = &stagetest.Counting{Ledger: delivered(t)}
	_, err = stage.RefreshOpenings(t.Context(), l, december)
	require.NoError(t, err)
	require.EqualValues(t, 1, l.Gets.Load(), "nothing is reconciled")
}

func TestRefreshOpeningsWithoutDocuments(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	stale, err := stage.RefreshOpenings(t.Context(), l, december)
	require.NoError(t, err)
	require.Empty(t, stale)

	stagetest.Put(t, l, december.Key(ledger.ReconciliationsName), reconciliations(content.Reconciliation{ID: "cash", WorkbookStale: true}))
	stale, err = stage.RefreshOpenings(t.Context(), l, december)
	require.NoError(t, err)
	require.Equal(t, []string{"cash"}, stale, "the prior period was removed")

	require.NoError(t, l.Put(t.Context(), december.PriorKey(ledger.ReconciliationsName), []byte("no JSON")))
	_, err = stage.RefreshOpenings(t.Context(), l, december)
	require.Equal(t, failure.Data, failure.ClassOf(err))
}

// editedLedger is one in which somebody signs the item off between our reading and our writing.
type editedLedger struct {
	ledger.Ledger
	edit func()
}

func (l *editedLedger) Swap(ctx context.Context, key string, data []byte, version ledger.Version) (ledger.Version, error) {
	if l.edit != nil {
		edit := l.edit
		l.edit = nil
		edit()
	}
	return l.Ledger.Swap(ctx, key, data, version)
}

func TestRefreshOpeningsYieldsToAnEdit(t *testing.T) {
	t.Parallel()
	item := content.Reconciliation{ID: "cash", Opening: "4.00", OpeningProvisional: true}
	inner := delivered(t, item)
	item.Status = content.SignedOff
	l := &editedLedger{Ledger: inner, edit: func() {
		stagetest.Put(t, inner, december.Key(ledger.ReconciliationsName), reconciliations(item))
	}}
	stale, err := stage.RefreshOpenings(t.Context(), l, december)
	require.NoError(t, err)
	require.Equal(t, []string{"cash"}, stale)
	kept, _, err := ledger.ReadJSON[content.Reconciliations](t.Context(), l, december.Key(ledger.ReconciliationsName))
	require.NoError(t, err)
	item.OpeningStale = true
	require.Equal(t, []content.Reconciliation{item}, kept.Items, "a balance that somebody relied on is never replaced")
}

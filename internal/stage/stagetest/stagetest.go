// Package stagetest has what the tests of the stages share: an entity with its template set, and ledgers that are interrupted.
package stagetest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/calendar"
	"metronome/internal/catalog"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/stage"
)

// Job is the period 2026-12 of an entity whose fiscal year ends in June.
var Job = stage.Job{
	Run: "run", Batch: "b0000000", Period: period.New(2026, 12),
	Entity: entity.Entity{ID: "acme", Name: "Acme", Templates: "standard", Calendar: "US", FiscalYearEnd: 6},
}

// TemplateSet is the text of the set "standard".
const TemplateSet = `version: 1
folders:
  - "{YYYY}/{MM} {Month}"
  - "{YYYY}/{MM} {Month}/Bank"
  - "{YYYY}/{MM} {Month}/Tax Q{FQ}"
checklist:
  workbook: "{YYYY}/{MM} {Month}/Checklist {YYYY}-{MM}.xlsx"
  items:
    - {id: bank, title: "Reconcile {Month}", frequency: monthly, preparers: [{name: Ann, due: BD3}]}
    - {id: year, title: Close the year, frequency: annual, preparers: [{name: Ann, due: BD5}]}
reconciliations:
  items:
    - {id: cash, account: "1000", name: Cash, currency: USD, folder: "{YYYY}/{MM} {Month}/Bank", frequency: monthly, preparers: [{name: Ann, due: BD3}]}
documents:
  - {pattern: "Bank/**", action: copy}
`

// SmallTemplateSet is the text of a set of one folder and one workbook.
const SmallTemplateSet = `version: 1
folders: ["{YYYY}/{MM} {Month}"]
checklist:
  workbook: "{YYYY}/{MM} {Month}/Checklist.xlsx"
  items: [{id: C1, title: Task, frequency: monthly, preparers: [{name: Ann, due: BD3}]}]
reconciliations: {items: []}
documents: []
`

// Templates returns the template set "standard", and a Data error for any other.
func Templates(_ context.Context, set string) (content.TemplateSet, error) {
	if set != "standard" {
		return content.TemplateSet{}, failure.New(failure.Data, ledger.TemplateSetKey(set), "", "", "no such template set")
	}
	return catalog.ParseTemplates("standard", "standard.yaml", []byte(TemplateSet))
}

// Calendars returns the calendar of US federal holidays, and a Config error for any other.
func Calendars(name string) (*calendar.Calendar, error) {
	if name != "US" {
		return nil, failure.New(failure.Config, "calendar", name, "", "no such calendar")
	}
	return calendar.New(calendar.Spec{Country: "US"})
}

// Put writes a JSON document.
func Put(t *testing.T, l ledger.Ledger, key string, value any) {
	t.Helper()
	require.NoError(t, ledger.PutJSON(t.Context(), l, key, value))
}

// Read reads a JSON document.
func Read[T any](t *testing.T, l ledger.Ledger, key string) T {
	t.Helper()
	value, _, err := ledger.ReadJSON[T](t.Context(), l, key)
	require.NoError(t, err)
	return value
}

// Documents returns all documents of a ledger by key, but of receipts only that they are there: they hold moments.
func Documents(t *testing.T, l ledger.Ledger) map[string]string {
	t.Helper()
	found := map[string]string{}
	for key, err := range l.List(t.Context(), "") {
		require.NoError(t, err)
		data, _, err := l.Get(t.Context(), key)
		require.NoError(t, err)
		found[key] = string(data)
		if strings.Contains(key, "/receipts/") {
			found[key] = "a receipt"
		}
	}
	return found
}

// SetPeriodState writes the period.json of a job's period.
func SetPeriodState(t *testing.T, l ledger.Ledger, job stage.Job, state content.PeriodState) {
	t.Helper()
	Put(t, l, job.Key(ledger.PeriodName), content.Period{Version: content.Version, Period: job.Period, State: state})
}

// ErrInterrupted is what an interrupted ledger answers.
var ErrInterrupted = errors.New("interrupted")

// Interrupted is a ledger that creates some documents and then fails, as for a worker that is killed. With Lost the last of
// them is created, but the worker does not learn of it.
type Interrupted struct {
	ledger.Ledger
	Creates int64 // how many it answers
	Lost    bool

	created atomic.Int64
}

// Create creates a document unless the ledger is interrupted.
func (l *Interrupted) Create(ctx context.Context, key string, data []byte) (ledger.Version, error) {
	n := l.created.Add(1)
	if n <= l.Creates {
		return l.Ledger.Create(ctx, key, data)
	}
	if l.Lost && n == l.Creates+1 {
		_, _ = l.Ledger.Create(ctx, key, data)
	}
	return "", ErrInterrupted
}

// Counting is a ledger that counts the documents that are read.
type Counting struct {
	ledger.Ledger
	Gets atomic.Int64
}

// Get reads a document.
func (l *Counting) Get(ctx context.Context, key string) ([]byte, ledger.Version, error) {
	l.Gets.Add(1)
	return l.Ledger.Get(ctx, key)
}

// CreateOnly is a ledger that fails whatever could replace a document.
type CreateOnly struct{ ledger.Ledger }

var errReplaces = errors.New("a stage must not replace documents")

// Put fails.
func (CreateOnly) Put(context.Context, string, []byte) error { return errReplaces }

// Swap fails.
func (CreateOnly) Swap(context.Context, string, []byte, ledger.Version) (ledger.Version, error) {
	return "", errReplaces
}

// Delete fails.
func (CreateOnly) Delete(context.Context, string) error { return errReplaces }

// RequireResumes does a stage with interruptions before and in each of the documents that it creates, and again without: it
// comes to the same documents as a stage that was never interrupted. seed makes a ledger that the stage can begin with.
func RequireResumes(t *testing.T, seed func() ledger.Ledger, do func(ledger.Ledger) error) {
	t.Helper()
	whole := seed()
	require.NoError(t, do(CreateOnly{whole}))
	expected := Documents(t, whole)
	creates := len(expected) - len(Documents(t, seed()))
	require.NotZero(t, creates)
	for n := range creates {
		for _, lost := range []bool{false, true} {
			l := seed()
			require.ErrorIs(t, do(&Interrupted{Ledger: l, Creates: int64(n), Lost: lost}), ErrInterrupted)
			kept := Documents(t, l)
			require.NoError(t, do(CreateOnly{l}), "after %d documents", n)
			finished := Documents(t, l)
			require.Equal(t, expected, finished, "after %d documents", n)
			for key, document := range kept {
				require.Equal(t, document, finished[key], "%s was written before the interruption", key)
			}
		}
	}
}

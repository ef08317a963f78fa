package templates_test

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/stage"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/stagetest"
	"metronome/internal/stage/templates"
)

var job = stagetest.Job

func do(t *testing.T, l ledger.Ledger, job stage.Job) error {
	t.Helper()
	return templates.Stage{Ledger: l, Templates: stagetest.Templates, Calendars: stagetest.Calendars}.Do(t.Context(), job)
}

// withFolders makes a ledger in which the first stage is done.
func withFolders(t *testing.T) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	require.NoError(t, folders.Stage{Ledger: l, Templates: stagetest.Templates}.Do(t.Context(), job))
	return l
}

// withPrior makes such a ledger with a prior period, in a state, that closes with a balance.
func withPrior(t *testing.T, state content.PeriodState, closing string) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	prior := job
	prior.Period = period.New(2026, 11)
	require.NoError(t, folders.Stage{Ledger: l, Templates: stagetest.Templates}.Do(t.Context(), prior))
	require.NoError(t, do(t, l, prior))
	reconciliations := stagetest.Read[content.Reconciliations](t, l, prior.Key(ledger.ReconciliationsName))
	reconciliations.Items[0].Closing, reconciliations.Items[0].Status = closing, content.SignedOff
	stagetest.Put(t, l, prior.Key(ledger.ReconciliationsName), reconciliations)
	checklist := stagetest.Read[content.Checklist](t, l, prior.Key(ledger.ChecklistName))
	checklist.Items[0].Status, checklist.Items[0].Comments = content.SignedOff, []string{"late"}
	checklist.Items = append(checklist.Items, content.Item{
		ID: "own", Title: "Added in November", Frequency: content.Monthly, Preparers: []content.Assignee{{Name: "Bea", Due: "BD1"}},
	})
	stagetest.Put(t, l, prior.Key(ledger.ChecklistName), checklist)
	documents := stagetest.Read[content.Documents](t, l, prior.Key(ledger.DocumentsName))
	documents.Rules = append(documents.Rules, content.DocumentRule{Pattern: "*.docx", Action: content.Placeholder})
	stagetest.Put(t, l, prior.Key(ledger.DocumentsName), documents)
	stagetest.SetPeriodState(t, l, prior, state)
	require.NoError(t, folders.Stage{Ledger: l, Templates: stagetest.Templates}.Do(t.Context(), job))
	return l
}

func TestFirstPeriodIsMadeOfTheTemplateSet(t *testing.T) {
	t.Parallel()
	l := withFolders(t)
	require.NoError(t, do(t, stagetest.CreateOnly{Ledger: l}, job))
	checklist := stagetest.Read[content.Checklist](t, l, job.Key(ledger.ChecklistName))
	require.Equal(t, "2026/12 December/Checklist 2026-12.xlsx", checklist.Workbook)
	require.Len(t, checklist.Items, 1)
	require.Equal(t, "Reconcile December", checklist.Items[0].Title)
	require.Equal(t, "2027-01-06", checklist.Items[0].Preparers[0].DueDate)
	require.Len(t, checklist.NotDue, 1, "the fiscal year ends in June")
	reconciliations := stagetest.Read[content.Reconciliations](t, l, job.Key(ledger.ReconciliationsName))
	require.Len(t, reconciliations.Items, 1)
	require.Empty(t, reconciliations.Items[0].Opening)
	documents := stagetest.Read[content.Documents](t, l, job.Key(ledger.DocumentsName))
	require.Equal(t, []content.DocumentRule{{Pattern: "Bank/**", Action: content.Copy}}, documents.Rules)
	require.Equal(t, "2026/12 December", documents.Root)
	left := stagetest.Read[receipt.Receipt](t, l, ledger.ReceiptKey("acme", job.Period, receipt.Templates))
	require.Equal(t, "run", left.Run)
	require.Nil(t, left.Upload)
}

func TestLaterPeriodIsRolledForward(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		state       content.PeriodState
		provisional bool
	}{
		"prior period is open":   {content.Open, true},
		"prior period is closed": {content.Closed, false},
		"prior period is locked": {content.Locked, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := withPrior(t, test.state, "12.50")
			require.NoError(t, do(t, stagetest.CreateOnly{Ledger: l}, job))
			reconciliations := stagetest.Read[content.Reconciliations](t, l, job.Key(ledger.ReconciliationsName))
			cash := reconciliations.Items[0]
			require.Equal(t, "12.50", cash.Opening)
			require.Equal(t, test.provisional, cash.OpeningProvisional)
			require.Empty(t, cash.Closing)
			require.Equal(t, content.NotStarted, cash.Status)
			checklist := stagetest.Read[content.Checklist](t, l, job.Key(ledger.ChecklistName))
			require.Len(t, checklist.Items, 2, "with what was added in November")
			require.Equal(t, content.NotStarted, checklist.Items[0].Status)
			require.Empty(t, checklist.Items[0].Comments)
			require.Equal(t, "2026/11 November/Checklist 2026-11.xlsx", checklist.PriorWorkbook)
			documents := stagetest.Read[content.Documents](t, l, job.Key(ledger.DocumentsName))
			require.Len(t, documents.Rules, 2, "with what was added in November")
			require.Equal(t, "2026/11 November", documents.PriorRoot)
		})
	}
}

// shows reports whether a cell of a workbook holds a text.
func shows(t *testing.T, l ledger.Ledger, key, text string) bool {
	t.Helper()
	data, _, err := l.Get(t.Context(), key)
	require.NoError(t, err)
	book, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		require.NoError(t, err)
		if slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, text) }) {
			return true
		}
	}
	return false
}

func TestWorkbooksAreRendered(t *testing.T) {
	t.Parallel()
	l := withPrior(t, content.Closed, "12.50")
	require.NoError(t, do(t, l, job))
	require.True(t, shows(t, l, ledger.ChecklistWorkbookKey("acme", job.Period), "Added in December"))
	require.True(t, shows(t, l, ledger.ReconciliationWorkbookKey("acme", job.Period, "cash"), "12.50"))
}

func TestKeptDocumentsAreNeverRewritten(t *testing.T) {
	t.Parallel()
	l := withFolders(t)
	kept := content.Checklist{
		Version: 1, Period: job.Period, Workbook: "2026/12 December/Ours.xlsx", SeenTemplates: []string{},
		Items: []content.Item{{ID: "own", Title: "Edited by a person", Frequency: content.Monthly, Status: content.InProgress}},
	}
	stagetest.Put(t, l, job.Key(ledger.ChecklistName), kept)
	stagetest.Put(t, l, job.Key(ledger.ReconciliationsName), content.Reconciliations{Version: 1, Period: job.Period})
	before := stagetest.Documents(t, l)
	require.NoError(t, do(t, stagetest.CreateOnly{Ledger: l}, job))
	after := stagetest.Documents(t, l)
	for key, document := range before {
		require.Equal(t, document, after[key], key)
	}
	require.True(t, shows(t, l, ledger.ChecklistWorkbookKey("acme", job.Period), "Edited by a person"), "rendered of what was kept")
	require.NotContains(t, slices.Collect(maps.Keys(after)), ledger.ReconciliationWorkbookKey("acme", job.Period, "cash"),
		"the kept reconciliations have no items")
}

func TestDoneStageIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	l := withFolders(t)
	require.NoError(t, do(t, l, job))
	stagetest.SetPeriodState(t, l, job, content.Locked)
	before := stagetest.Documents(t, l)
	require.NoError(t, do(t, &stagetest.Interrupted{Ledger: stagetest.CreateOnly{Ledger: l}}, job))
	require.Equal(t, before, stagetest.Documents(t, l))
}

func TestInterruptedStageResumes(t *testing.T) {
	t.Parallel()
	stagetest.RequireResumes(t, func() ledger.Ledger { return withPrior(t, content.Open, "12.50") },
		func(l ledger.Ledger) error { return do(t, l, job) })
}

func TestTwoWorkersAtOnce(t *testing.T) {
	t.Parallel()
	l := withFolders(t)
	errs := make([]error, 4)
	var workers sync.WaitGroup
	for i := range errs {
		workers.Go(func() { errs[i] = do(t, stagetest.CreateOnly{Ledger: l}, job) })
	}
	workers.Wait()
	require.NoError(t, errors.Join(errs...))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	edited := func(edit func(*stage.Job)) stage.Job {
		j := job
		edit(&j)
		return j
	}
	for name, test := range map[string]struct {
		state   content.PeriodState
		job     stage.Job
		class   failure.Class
		message string
	}{
		"locked period":    {content.Locked, job, failure.Permanent, "period 2026-12 is locked"},
		"closed period":    {content.Closed, job, failure.Permanent, "period 2026-12 is closed"},
		"no such set":      {content.Open, edited(func(j *stage.Job) { j.Entity.Templates = "gone" }), failure.Data, "no such template set"},
		"no such calendar": {content.Open, edited(func(j *stage.Job) { j.Entity.Calendar = "XX" }), failure.Config, "no such calendar"},
		"no folders":       {content.Open, edited(func(j *stage.Job) { j.Period = period.New(2027, 3) }), "", "folders.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := withFolders(t)
			stagetest.SetPeriodState(t, l, job, test.state)
			before := stagetest.Documents(t, l)
			err := do(t, l, test.job)
			require.ErrorContains(t, err, test.message)
			require.Equal(t, test.class, failure.ClassOf(err))
			require.Equal(t, before, stagetest.Documents(t, l), "nothing was written")
		})
	}
}

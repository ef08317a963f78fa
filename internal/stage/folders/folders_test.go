package folders_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/stage"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/stagetest"
)

var job = stagetest.Job

func do(t *testing.T, l ledger.Ledger, job stage.Job) error {
	t.Helper()
	return folders.Stage{Ledger: l, Templates: stagetest.Templates}.Do(t.Context(), job)
}

func tree(t *testing.T, l ledger.Ledger) content.Folders {
	t.Helper()
	return stagetest.Read[content.Folders](t, l, job.Key(ledger.FoldersName))
}

// seen are the folders of the template set.
var seen = []string{"{YYYY}/{MM} {Month}", "{YYYY}/{MM} {Month}/Bank", "{YYYY}/{MM} {Month}/Tax Q{FQ}"}

func TestFolders(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prior    *content.Folders
		expected []string
	}{
		"the first period is made of the template set": {
			nil, []string{"2026", "2026/12 December", "2026/12 December/Bank", "2026/12 December/Tax Q2"},
		},
		"a later one of the prior period": {
			&content.Folders{
				Version: 1, Period: period.New(2026, 11), Root: "2026/11 November", SeenTemplates: seen,
				Paths: []string{"2026", "2026/11 November", "2026/11 November/Bank", "2026/11 November/Added by the customer"},
			},
			[]string{"2026", "2026/12 December", "2026/12 December/Bank", "2026/12 December/Added by the customer"},
		},
		"with what the set has since": {
			&content.Folders{
				Version: 1, Period: period.New(2026, 11), Root: "2026/11 November", SeenTemplates: seen[:2],
				Paths: []string{"2026", "2026/11 November", "2026/11 November/Bank"},
			},
			[]string{"2026", "2026/12 December", "2026/12 December/Bank", "2026/12 December/Tax Q2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := ledger.NewMemory()
			if test.prior != nil {
				stagetest.Put(t, l, job.PriorKey(ledger.FoldersName), *test.prior)
			}
			require.NoError(t, do(t, stagetest.CreateOnly{Ledger: l}, job))
			made := tree(t, l)
			require.Equal(t, test.expected, made.Paths)
			require.Equal(t, "2026/12 December", made.Root)
			require.Equal(t, seen, made.SeenTemplates)
		})
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	require.NoError(t, do(t, l, job))
	left := stagetest.Read[receipt.Receipt](t, l, ledger.ReceiptKey("acme", job.Period, receipt.Folders))
	require.False(t, left.Finished.Before(left.Started))
	require.Equal(t, receipt.Receipt{
		Version: 1, Entity: "acme", Period: job.Period, Stage: receipt.Folders, Run: "run", Batch: "b0000000",
		Started: left.Started, Finished: left.Finished,
	}, left)
}

func TestDoneStageIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	require.NoError(t, do(t, l, job))
	before := stagetest.Documents(t, l)
	again := folders.Stage{
		Ledger: &stagetest.Interrupted{Ledger: stagetest.CreateOnly{Ledger: l}},
		Templates: func(context.Context, string) (content.TemplateSet, error) {
			return content.TemplateSet{}, errors.New("asked for templates")
		},
	}
	other := job
	other.Run = "another run"
	require.NoError(t, again.Do(t.Context(), other))
	require.Equal(t, before, stagetest.Documents(t, l))
}

func TestInterruptedStageResumes(t *testing.T) {
	t.Parallel()
	stagetest.RequireResumes(t, ledger.NewMemory, func(l ledger.Ledger) error { return do(t, l, job) })
}

func TestKeptTreeIsNeverRewritten(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	kept := content.Folders{Version: 1, Period: job.Period, Root: "Ours", Paths: []string{"Ours", "Ours/12-2026"}, SeenTemplates: []string{}}
	stagetest.Put(t, l, job.Key(ledger.FoldersName), kept)
	require.NoError(t, do(t, stagetest.CreateOnly{Ledger: l}, job))
	require.Equal(t, kept, tree(t, l))
	done, err := stage.IsDone(t.Context(), l, "acme", job.Period, receipt.Folders)
	require.NoError(t, err)
	require.True(t, done)
}

func TestTwoWorkersAtOnce(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	errs := make([]error, 8)
	var workers sync.WaitGroup
	for i := range errs {
		workers.Go(func() { errs[i] = do(t, stagetest.CreateOnly{Ledger: l}, job) })
	}
	workers.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Len(t, stagetest.Documents(t, l), 2, "the tree and its receipt")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	unknownSet := job
	unknownSet.Entity.Templates = "gone"
	state := func(state content.PeriodState) func(*testing.T, ledger.Ledger) {
		return func(t *testing.T, l ledger.Ledger) { stagetest.SetPeriodState(t, l, job, state) }
	}
	for name, test := range map[string]struct {
		seed    func(*testing.T, ledger.Ledger)
		job     stage.Job
		class   failure.Class
		message string
	}{
		"locked period":  {state(content.Locked), job, failure.Permanent, "period 2026-12 is locked"},
		"closed period":  {state(content.Closed), job, failure.Permanent, "period 2026-12 is closed"},
		"odd state":      {state("ajar"), job, failure.Permanent, "unknown state of a period"},
		"no such set":    {func(*testing.T, ledger.Ledger) {}, unknownSet, failure.Data, "no such template set"},
		"unread prior":   {unreadable(job.PriorKey(ledger.FoldersName)), job, failure.Data, "decode document"},
		"prior is newer": {newer(job.PriorKey(ledger.FoldersName)), job, failure.Data, "format versions up to 1 are known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := ledger.NewMemory()
			test.seed(t, l)
			before := stagetest.Documents(t, l)
			err := do(t, l, test.job)
			require.ErrorContains(t, err, test.message)
			require.Equal(t, test.class, failure.ClassOf(err))
			require.Equal(t, before, stagetest.Documents(t, l), "nothing was written")
		})
	}
}

func unreadable(key string) func(*testing.T, ledger.Ledger) {
	return func(t *testing.T, l ledger.Ledger) { require.NoError(t, l.Put(t.Context(), key, []byte("not JSON"))) }
}

func newer(key string) func(*testing.T, ledger.Ledger) {
	return func(t *testing.T, l ledger.Ledger) { stagetest.Put(t, l, key, map[string]int{"version": 2}) }
}

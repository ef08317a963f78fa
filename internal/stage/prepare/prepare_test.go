package prepare_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/config"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage"
	"metronome/internal/stage/prepare"
	"metronome/internal/stage/stagetest"
)

// batch has three entities.
func batch() run.Batch {
	b := run.Batch{Run: "run", ID: "b0000000", Period: stagetest.Job.Period}
	for _, id := range []entity.ID{"one", "two", "three"} {
		member := run.Member{Entity: stagetest.Job.Entity}
		member.ID = id
		b.Members = append(b.Members, member)
	}
	return b
}

func newSite(t *testing.T) *site.Site {
	t.Helper()
	l := ledger.NewMemory()
	require.NoError(t, l.Put(t.Context(), ledger.TemplateSetKey("standard"), []byte(stagetest.TemplateSet)))
	return site.New(config.Config{}, l)
}

// outcomes prepares a batch and returns what is reported; what is not wanted is passed over, and the last one ends it.
func outcomes(t *testing.T, p *prepare.Preparer, wanted func(int) bool, last int) []prepare.Outcome {
	t.Helper()
	var list []prepare.Outcome
	p.Batch(t.Context(), batch(), wanted, func(o prepare.Outcome) bool {
		list = append(list, o)
		return o.Index != last
	})
	return list
}

func all(int) bool { return true }

// receipts returns which stages of an entity are done.
func receipts(t *testing.T, s *site.Site, id entity.ID) []receipt.Stage {
	t.Helper()
	var list []receipt.Stage
	for _, name := range receipt.Stages {
		done, err := stage.IsDone(t.Context(), s.Ledger, id, stagetest.Job.Period, name)
		require.NoError(t, err)
		if done {
			list = append(list, name)
		}
	}
	return list
}

func TestBatch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	notTwo := func(i int) bool { return i != 1 }
	require.Equal(t, []prepare.Outcome{{Index: 0, Stage: receipt.Templates}, {Index: 2, Stage: receipt.Templates}},
		outcomes(t, prepare.New(s), notTwo, 2))
	require.Equal(t, []receipt.Stage{receipt.Folders, receipt.Templates}, receipts(t, s, "one"))
	require.Empty(t, receipts(t, s, "two"))
	require.Len(t, outcomes(t, prepare.New(s), all, 0), 1, "it ends where that is said")
}

func TestOneStage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Len(t, outcomes(t, prepare.New(s).Only(receipt.Folders), all, 2), 3)
	require.Equal(t, []receipt.Stage{receipt.Folders}, receipts(t, s, "one"))
	require.Len(t, outcomes(t, prepare.New(s).Only(receipt.Templates), all, 2), 3)
	require.Equal(t, []receipt.Stage{receipt.Folders, receipt.Templates}, receipts(t, s, "three"))
	require.Panics(t, func() { prepare.New(s).Only(receipt.Upload) })
}

func TestOutcomeNamesTheStageThatFailed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := batch()
	job := prepare.JobOf(b, b.Members[1].Entity)
	stagetest.SetPeriodState(t, s.Ledger, job, content.Locked)
	require.NoError(t, s.Ledger.Put(t.Context(), prepare.JobOf(b, b.Members[2].Entity).PriorKey(ledger.ChecklistName), []byte("not JSON")))
	list := outcomes(t, prepare.New(s), all, -1)
	require.NoError(t, list[0].Err)
	require.Equal(t, receipt.Folders, list[1].Stage)
	require.Equal(t, failure.Permanent, failure.ClassOf(list[1].Err))
	require.Equal(t, receipt.Templates, list[2].Stage)
	require.Equal(t, failure.Data, failure.ClassOf(list[2].Err))
}

func TestPreparedEntitiesCostOneRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Len(t, outcomes(t, prepare.New(s), all, -1), 3)
	counted := &stagetest.Counting{Ledger: s.Ledger}
	s.Ledger = counted
	require.Len(t, outcomes(t, prepare.New(s), all, -1), 3)
	require.EqualValues(t, 3, counted.Gets.Load())
}

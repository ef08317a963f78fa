//go:build e2e

package e2e

import (
	"context"
	"testing"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/stretchr/testify/require"

	"metronome/internal/run"
	"metronome/test/simulator"
)

func TestFailingEntityIsNamedAndRetried(t *testing.T) {
	t.Parallel()
	// Given a provider that refuses to store one entity's files
	s := newSite(t, plan{pools: []pool{{name: "box", rate: 40, burst: 20, workers: 2, entities: 3}}})
	refuse := simulator.PathRule{Pattern: "/box-002/", Methods: []string{"PUT"}, Status: 403}
	require.NoError(t, s.providers.SetPaths(t.Context(), "box", refuse))
	// When a run is submitted
	id := s.submit(december)
	// Then the others are finished, and the run is Failed and names the one
	failed := s.waitForEnd(id)
	require.Equal(t, wfv1.WorkflowFailed, failed.Status.Phase)
	require.Contains(t, failed.Status.Message, "box-002")
	require.Equal(t, run.Tally{Total: 3, Done: 2, Failed: 1}, s.report(id).Entities)
	// When the operator retries after the fix, then that one is done
	require.NoError(t, s.providers.SetPaths(t.Context(), "box"))
	again := s.operator().metronome("retry", id)
	s.waitForSuccess(again)
	require.Equal(t, 1, s.report(again).Entities.Done)
	s.requireReplicated(december)
	s.requireWithinLimits()
}

func TestControl(t *testing.T) {
	t.Parallel()
	// Given a run that takes its time, at a third of what the pool allows
	s := newSite(t, plan{pools: []pool{{name: "box", rate: 12, burst: 4, workers: 2, entities: 8}}})
	operator := s.operator()
	operator.metronome("tempo", "set", "box", "--requests-per-second", "4")
	id := s.submit(december)
	s.waitForWork(id)
	// When the operator pauses it, then its beats say so; resumed, it goes on
	operator.metronome("pause", id)
	s.waitForBeat(id, func(beat run.Beat) bool { return len(beat.Decision.Shares) == 0 })
	seen := s.counts("box").Requests
	operator.metronome("resume", id)
	s.waitForRequests("box", seen+1)
	// When the tempo is set, then a beat takes it over
	operator.metronome("tempo", "set", "box", "--requests-per-second", "3")
	s.waitForBeat(id, func(beat run.Beat) bool { return beat.Decision.Rate <= 3 })
	// When it is cancelled, then it ends soon and says what is left
	operator.metronome("cancel", id)
	ended := s.waitForEnd(id)
	require.Equal(t, wfv1.WorkflowFailed, ended.Status.Phase)
	report := s.report(id)
	require.Equal(t, run.StateInterrupted, report.State)
	require.Less(t, report.Entities.Done, 8)
	require.NotZero(t, report.Entities.Done)
	// And a new run does what is left
	operator.metronome("tempo", "set", "box", "--requests-per-second", "12")
	s.waitForSuccess(operator.metronome("retry", id))
	s.requireReplicated(december)
	s.requireWithinLimits()
}

// waitForBeat waits until the last beat of a run meets a condition.
func (s *site) waitForBeat(id string, condition func(run.Beat) bool) {
	s.t.Helper()
	eventually(s.t, "a beat", func(ctx context.Context) (bool, error) {
		beat, err := run.ReadLastBeat(ctx, s.ledger, run.ID(id), s.pools[0].name)
		return err == nil && condition(beat), err
	})
}

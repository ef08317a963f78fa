//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"metronome/internal/period"
	"metronome/internal/run"
)

func TestTwoRunsKeepOneQuota(t *testing.T) {
	t.Parallel()
	// Given a pool that allows two workers
	s := newSite(t, plan{pools: []pool{{name: "box", rate: 5, burst: 3, workers: 2, entities: 3}}})
	// When two periods are replicated at once, and one of them once more
	first := s.submit(december)
	second := s.submit(period.New(2027, 1))
	s.waitForWork(first)
	again := s.submit(december)
	// Then the superfluous one ends at once and says why
	summary := s.output(s.waitForSuccess(again), "group", "summary")
	require.Contains(t, summary, first)
	require.False(t, s.workflow(first).Status.Fulfilled(), "the first run goes on")
	// And both others end well, and their workers together kept to the pool's rate and to one worker an account
	s.waitForSuccess(first)
	s.waitForSuccess(second)
	s.requireReplicated(december)
	s.requireReplicated(period.New(2027, 1))
	s.requireWithinLimits()
	require.LessOrEqual(t, s.report(first).Pools["box"].WorkersPeak, 2)
	require.LessOrEqual(t, s.counts("box").Peak.Value, 5.0+3+2, "requests in any second")
}

func TestSemaphoreBindsWhereTheTempoDoesNot(t *testing.T) {
	t.Parallel()
	// Given a pool whose tempo allows two workers, and an operator who allows one upload at a time
	s := newSite(t, plan{pools: []pool{{name: "box", rate: 20, burst: 10, workers: 2, entities: 3}}, target: time.Second})
	_, err := s.kube.CoreV1().ConfigMaps(s.namespace).Patch(t.Context(), "metronome-semaphores", types.MergePatchType,
		[]byte(`{"data": {"box": "1"}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	uploads := s.countPods("-upload-")
	// When a run needs several uploads
	id := s.submit(december)
	s.waitForSuccess(id)
	// Then there were two workers at once, but never two uploads
	require.Equal(t, 2, s.report(id).Pools["box"].WorkersPeak)
	seen := uploads()
	require.Equal(t, 3, seen.started)
	require.Equal(t, 1, seen.most, "uploads at once")
	s.requireReplicated(december)
	s.requireWithinLimits()
}

func TestGenerations(t *testing.T) {
	t.Parallel()
	// Given a run that is paused once its workers are at work
	s := newSite(t, plan{
		pools:  []pool{{name: "box", rate: 10, burst: 5, workers: 1, entities: 3}},
		values: map[string]any{"beat": map[string]any{"min": "1s", "max": "1s"}},
	})
	id := s.submit(december)
	s.waitForWork(id)
	_, err := run.SendOrder(t.Context(), s.ledger, run.ID(id), run.Pause, "a test")
	require.NoError(t, err)
	// When it takes more beats than a Workflow may hold
	eventually(t, "the second generation", func(ctx context.Context) (bool, error) {
		list, err := s.workflows().List(ctx, metav1.ListOptions{LabelSelector: "metronome/kind=pool,metronome/run=" + id})
		return err == nil && len(list.Items) == 2, err
	})
	_, err = run.SendOrder(t.Context(), s.ledger, run.ID(id), run.Resume, "a test")
	require.NoError(t, err)
	// Then the next generation of the pool's Workflow ends the run
	s.waitForSuccess(id)
	s.requireReplicated(december)
	s.requireWithinLimits()
	for _, generation := range s.list("metronome/kind=pool,metronome/run=" + id) {
		require.Equal(t, wfv1.WorkflowSucceeded, generation.Status.Phase, generation.Name)
		require.Less(t, s.bytes(&generation), 100<<10, "bytes of %s", generation.Name)
		t.Logf("%s: %d bytes", generation.Name, s.bytes(&generation))
	}
}

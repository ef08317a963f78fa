//go:build e2e && load

package e2e

import (
	"context"
	"testing"
	"time"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/stretchr/testify/require"

	"metronome/internal/run"
)

// waitTimeout is how long anything may take: 200 workers are 600 pods, of which two cores start less than one a second.
const waitTimeout = 40 * time.Minute

// TestLoad measures; what it measured is in its log.
func TestLoad(t *testing.T) { //nolint:paralleltest // it needs the cluster for itself
	// Given 200 accounts in a pool that allows a worker for each, and a node that takes some 45 of their pods at once: each has a
	// copy of Argo's executor, 100 MB, in the file cache. What the pods of groups and beats ask for fits into what is left.
	const workers = 200
	s := newSite(t, plan{
		pools: []pool{{name: "box", rate: 200, burst: 250, workers: workers, entities: workers}}, target: time.Second, cpu: "40m",
		values: map[string]any{"beat": map[string]any{"min": "5s", "max": "5s"}},
	})
	pods := s.countPods("")
	begin := time.Now()
	// When all are replicated
	id := s.submit(december)
	s.waitForSuccess(id)
	took := time.Since(begin)
	// Then all succeed, each by a worker of its own, and no Workflow object is large
	require.Equal(t, run.Tally{Total: workers, Done: workers}, s.report(id).Entities)
	s.requireReplicated(december)
	s.requireWithinLimits()
	largest, name := s.largest()
	require.Less(t, largest, 100<<10, "bytes of %s", name)
	peak := s.report(id).Pools["box"].WorkersPeak
	require.Equal(t, workers, peak)
	seen := pods()
	t.Logf("%d entities in %s with %d workers at once: %d pods (%.2f a second), at most %d running at once; "+
		"largest Workflow object: %s with %d bytes", workers, took.Round(time.Second), peak, seen.started,
		float64(seen.started)/took.Seconds(), seen.most, name, largest)
}

// TestLongRun lets a run live for 120 beats.
func TestLongRun(t *testing.T) {
	t.Parallel()
	// Given a run that is paused once its workers are at work
	const beats = 120
	s := newSite(t, plan{
		pools:  []pool{{name: "box", rate: 10, burst: 5, workers: 1, entities: 4}},
		values: map[string]any{"beat": map[string]any{"min": "1s", "max": "1s"}},
	})
	begin := time.Now()
	id := s.submit(december)
	s.waitForWork(id)
	_, err := run.SendOrder(t.Context(), s.ledger, run.ID(id), run.Pause, "a test")
	require.NoError(t, err)
	// When it goes on after 120 beats
	for passed := 0; passed < beats; passed += 20 {
		eventually(t, "more beats", func(ctx context.Context) (bool, error) {
			last, err := run.ReadLastBeat(ctx, s.ledger, run.ID(id), "box")
			return err == nil && last.Number >= passed+20, err
		})
	}
	_, err = run.SendOrder(t.Context(), s.ledger, run.ID(id), run.Resume, "a test")
	require.NoError(t, err)
	// Then it succeeds in its last generation, and none is large
	s.waitForSuccess(id)
	s.requireReplicated(december)
	s.requireWithinLimits()
	generations := s.list("metronome/kind=pool,metronome/run=" + id)
	for _, generation := range generations {
		require.Equal(t, wfv1.WorkflowSucceeded, generation.Status.Phase, generation.Name)
	}
	largest, name := s.largest()
	require.Less(t, largest, 100<<10, "bytes of %s", name)
	t.Logf("more than %d beats in %d generations and %s; largest Workflow object: %s with %d bytes",
		beats, len(generations), time.Since(begin).Round(time.Second), name, largest)
}

// largest finds the site's largest Workflow.
func (s *site) largest() (bytes int, name string) {
	s.t.Helper()
	for _, w := range s.list("") {
		if size := s.bytes(&w); size > bytes {
			bytes, name = size, w.Name
		}
	}
	return bytes, name
}

//go:build e2e && load

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"metronome/internal/run"
)

// crowd is how many workers are at work at once: one for each entity, each with an account of its own.
const crowd = 200

// TestLoad measures; what it measured is in its log.
func TestLoad(t *testing.T) { //nolint:paralleltest // it needs the cluster for itself
	// Given 200 accounts in a pool that bears a worker for each
	s := newSite(t, plan{
		pools: []pool{{name: "box", rate: 400, burst: 100, workers: crowd, entities: crowd}}, target: time.Second,
		values: map[string]any{"beat": map[string]any{"min": "5s", "max": "5s"}},
	})
	pods := s.countPods()
	begin := time.Now()
	// When all are replicated
	id := s.submit(december)
	s.succeeded(id)
	took := time.Since(begin)
	// Then all succeed, and no Workflow object is large
	require.Equal(t, run.Tally{Total: crowd, Done: crowd}, s.report(id).Entities)
	s.requireReplicated(december)
	s.requireKind()
	largest, name := 0, ""
	for _, w := range s.list("") {
		if size := s.bytes(&w); size > largest {
			largest, name = size, w.Name
		}
	}
	require.Less(t, largest, 100<<10, "bytes of %s", name)
	started, most := pods()
	report := s.report(id).Pools["box"]
	t.Logf("%d entities in %s with at most %d workers at once: %d pods (%.2f a second), at most %d running at once; "+
		"largest Workflow object: %s with %d bytes", crowd, took.Round(time.Second), report.WorkersPeak, started,
		float64(started)/took.Seconds(), most, name, largest)
}

// countPods counts the site's pods from now on: how many there were, and the most that ran at once.
func (s *site) countPods() (result func() (started, most int)) {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	watcher, err := s.kube.CoreV1().Pods(s.namespace).Watch(ctx, metav1.ListOptions{LabelSelector: "metronome/run"})
	require.NoError(s.t, err)
	started, running, most := 0, map[string]bool{}, 0
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for event := range watcher.ResultChan() {
			pod, ok := event.Object.(*corev1.Pod)
			switch {
			case !ok:
			case event.Type == watch.Added:
				started++
			case event.Type == watch.Modified && pod.Status.Phase == corev1.PodRunning:
				running[pod.Name] = true
				most = max(most, len(running))
			default:
				delete(running, pod.Name)
			}
		}
	}()
	return func() (int, int) {
		stop()
		<-ended
		return started, most
	}
}

//go:build e2e

package e2e

import (
	"context"
	"strings"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// podCounts is what was seen of pods: how many there were, and the most that ran at once.
type podCounts struct{ started, most int }

// countPods counts the site's pods of runs from now on, those with a part in their names.
func (s *site) countPods(part string) (result func() podCounts) {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	options := metav1.ListOptions{LabelSelector: "metronome/run"}
	pods := s.kube.CoreV1().Pods(s.namespace)
	list, err := pods.List(ctx, options)
	require.NoError(s.t, err)
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.LabelSelector = options.LabelSelector
			return pods.Watch(ctx, o)
		},
	})
	require.NoError(s.t, err)
	var seen podCounts
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		seen = countRunning(watcher.ResultChan(), part)
	}()
	return func() podCounts {
		require.NoError(s.t, ctx.Err())
		stop()
		<-ended
		return seen
	}
}

// countRunning counts until the events end.
func countRunning(events <-chan watch.Event, part string) podCounts {
	var seen podCounts
	running := map[string]bool{}
	for event := range events {
		pod, ok := event.Object.(*corev1.Pod)
		if !ok || !strings.Contains(pod.Name, part) {
			continue
		}
		if event.Type == watch.Added {
			seen.started++
		}
		if event.Type != watch.Deleted && pod.Status.Phase == corev1.PodRunning {
			running[pod.Name] = true
		} else {
			delete(running, pod.Name)
		}
		seen.most = max(seen.most, len(running))
	}
	return seen
}

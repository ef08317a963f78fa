//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// It is not parallel: the others would meet its restarts, too.
func TestTroubleInMidRun(t *testing.T) { //nolint:paralleltest // it restarts parts of the cluster
	// Given a run in mid-way
	s := newSite(t, plan{pools: []pool{{name: "box", rate: 4, burst: 2, workers: 2, entities: 4}}})
	id := s.submit(december)
	s.waitForWork(id)
	// When an upload's pod is deleted, another one's process killed, and parts of the cluster are restarted one after another
	seen := s.counts("box").Requests
	pod := s.waitForUpload("")
	require.NoError(t, s.kube.CoreV1().Pods(s.namespace).Delete(t.Context(), pod, metav1.DeleteOptions{}))
	s.waitForRequests("box", seen+8)
	s.control("kill", s.namespace, s.waitForUpload(pod))
	s.control("restart", "controller", "--signal", "KILL")
	s.waitForRequests("box", seen+16)
	s.control("restart", "apiserver")
	// Then the run completes, and nothing was done twice
	s.waitForSuccess(id)
	s.requireReplicated(december)
	s.requireWithinLimits()
}

// waitForUpload waits for a running upload's pod other than one, and returns its name.
func (s *site) waitForUpload(other string) string {
	s.t.Helper()
	var found string
	eventually(s.t, "an upload", func(ctx context.Context) (bool, error) {
		pods, err := s.kube.CoreV1().Pods(s.namespace).List(ctx, metav1.ListOptions{
			LabelSelector: "metronome/batch", FieldSelector: "status.phase=Running",
		})
		if err != nil {
			return false, err
		}
		for _, pod := range pods.Items {
			if strings.Contains(pod.Name, "-upload-") && pod.Name != other && pod.DeletionTimestamp == nil && running(&pod) {
				found = pod.Name
			}
		}
		return found != "", nil
	})
	return found
}

// running reports whether the pod's own program is at work.
func running(pod *corev1.Pod) bool {
	for _, container := range pod.Status.ContainerStatuses {
		if container.Name == "main" {
			return container.State.Running != nil
		}
	}
	return false
}

// control has the tool of the local cluster do something to its parts.
func (s *site) control(args ...string) {
	s.t.Helper()
	tool := strings.Fields(cmp.Or(os.Getenv("CLUSTER_TOOL"), "go run -C ../cluster ."))
	out, err := exec.CommandContext(s.t.Context(), tool[0], append(tool[1:], args...)...).CombinedOutput()
	require.NoError(s.t, err, "%s", out)
}

package steps

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"metronome/internal/receipt"
	"metronome/internal/steps"
	"metronome/internal/steps/preparing"
	"metronome/steps/report/reporting"
	"metronome/steps/upload/uploading"
)

// A deleted pod's steps stop soon, ask for another try, and the next pod goes on where they were.
func TestDeletedPodStopsCleanlyAndIsMadeUpFor(t *testing.T) {
	c := newCluster(t)
	progress := filepath.Join(t.TempDir(), "progress")
	t.Setenv("ARGO_PROGRESS_FILE", progress)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	c.pulse(t, "r1", "one")
	list, err := c.workflows.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, list.Items)
	args := workerArgs(&list.Items[0])

	deleted, remove := context.WithCancel(t.Context())
	remove()
	require.Equal(t, 75, steps.Run(deleted, preparing.Step(receipt.Folders), args, io.Discard, c.logs))

	stop, terminate := context.WithCancel(t.Context())
	ended := make(chan int)
	go func() { ended <- steps.Run(stop, uploading.Step(), args, io.Discard, c.logs) }()
	require.Eventually(t, func() bool { return c.Simulator.Counts("one").Requests > 2 }, wait, tick)
	terminate()
	require.Equal(t, 75, <-ended)
	require.Less(t, c.Simulator.Counts("one").Requests, 60, "it stopped before the batch's end")

	require.Zero(t, steps.Run(t.Context(), uploading.Step(), args, io.Discard, c.logs), "the retried pod")
	told, err := os.ReadFile(progress)
	require.NoError(t, err)
	require.Regexp(t, `^([0-9]+)/([0-9]+)$`, string(told))
	c.complete(t, &list.Items[0], "Succeeded")
	c.pace(t, "r1", "one")
	require.Equal(t, "done", c.step(t, 0, reporting.Step(), "--run=r1")["state"])
	require.Zero(t, c.Simulator.Counts("one").Overwrites)
}

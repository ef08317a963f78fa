// Package steps proves the step programs: what they link, what they promise on their command lines, and that a whole run of
// them, with Workflows in a fake cluster, does what a run on one machine does.
package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned/fake"
	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned/typed/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"metronome/internal/argo"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/steps"
	"metronome/internal/steps/preparing"
	"metronome/steps/group/grouping"
	"metronome/steps/pulse/pulsing"
	"metronome/steps/report/reporting"
	"metronome/steps/upload/uploading"
	"metronome/test/installation"
	"metronome/test/simulator"
)

const templates = `version: 1
folders:
  - "{YYYY}/{MM} {Month}"
  - "{YYYY}/{MM} {Month}/Cash"
checklist:
  workbook: "{YYYY}/{MM} {Month}/Checklist {YYYY}-{MM}.xlsx"
  items:
    - {id: C1, title: Reconcile the bank, frequency: monthly, preparers: [{name: Ann, due: BD3}]}
reconciliations:
  items:
    - {id: R1, account: "1000", name: Cash, currency: USD, folder: "{YYYY}/{MM} {Month}/Cash", frequency: monthly, preparers: [{name: Ann, due: BD3}]}
documents: []
`

const config = `pools:
  one: {provider: webdav, requestsPerSecond: 60, burst: 20, maxWorkers: 3}
  two: {provider: webdav, requestsPerSecond: 60, burst: 20, maxWorkers: 3}
batch: {target: 1s}
beat: {min: 100ms, max: 1s}
`

const profile = `seed: 7
providers:
  - name: one
    kind: webdav
  - name: two
    kind: webdav
`

var december = period.New(2026, 12)

// cluster plays Argo: it runs the workers that pulses start, and nothing else.
type cluster struct {
	*installation.Installation
	workflows v1alpha1.WorkflowInterface
	logs      *lockedBuffer
}

// lockedBuffer may be written to by several steps at the same time.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(data)
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	parsed, err := simulator.Parse("profile", []byte(profile))
	require.NoError(t, err)
	i := installation.New(t, installation.Spec{
		Profile: parsed, Config: config, Templates: []byte(templates),
		Entities: append(installation.Entities("one", "%s/Close", 6), installation.Entities("two", "%s/Close", 6)...),
	})
	t.Setenv("METRONOME_CONFIG", filepath.Join(i.Dir, "metronome.yaml"))
	c := &cluster{Installation: i, logs: &lockedBuffer{}}
	c.workflows = fake.NewSimpleClientset().ArgoprojV1alpha1().Workflows("metronome")
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(c.logs.String())
		}
	})
	return c
}

// step runs a step and gives its outputs.
func (c *cluster) step(t *testing.T, exit int, step steps.Step, args ...string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if step.Name != "folders" && step.Name != "templates" && step.Name != "upload" {
		args = append(args, "--outputs="+dir)
	}
	require.Equal(t, exit, steps.Run(t.Context(), step, args, io.Discard, c.logs), "%s\n%s", step.Name, c.logs)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	outputs := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file.Name()))
		require.NoError(t, err)
		outputs[file.Name()] = string(text)
	}
	return outputs
}

func (c *cluster) pulse(t *testing.T, id, pool string) map[string]string {
	t.Helper()
	connect := func(string) (argo.WorkflowClient, error) { return c.workflows, nil }
	return c.step(t, 0, pulsing.StepOn(connect), "--run="+id, "--pool="+pool, "--workflow="+id+"-"+pool+"-1/4711")
}

// work runs the workers that pulses started to their end, all at once.
func (c *cluster) work(t *testing.T) int {
	t.Helper()
	list, err := c.workflows.List(t.Context(), metav1.ListOptions{LabelSelector: "metronome/kind=worker,workflows.argoproj.io/completed!=true"})
	require.NoError(t, err)
	var working sync.WaitGroup
	codes := make(chan int, 3*len(list.Items))
	for i := range list.Items {
		working.Go(func() {
			for _, step := range []steps.Step{preparing.Step(receipt.Folders), preparing.Step(receipt.Templates), uploading.Step()} {
				codes <- steps.Run(context.WithoutCancel(t.Context()), step, workerArgs(&list.Items[i]), io.Discard, c.logs)
			}
		})
	}
	working.Wait()
	close(codes)
	for code := range codes {
		require.Zero(t, code)
	}
	for i := range list.Items {
		c.complete(t, &list.Items[i], wfv1.WorkflowSucceeded)
	}
	return len(list.Items)
}

// workerArgs are the arguments that the WorkflowTemplate gives a worker's steps.
func workerArgs(w *wfv1.Workflow) []string {
	var args []string
	for _, p := range w.Spec.Arguments.Parameters {
		if p.Name != "period" {
			args = append(args, "--"+p.Name+"="+p.Value.String())
		}
	}
	return args
}

func (c *cluster) complete(t *testing.T, w *wfv1.Workflow, phase wfv1.WorkflowPhase) {
	t.Helper()
	w.Labels["workflows.argoproj.io/completed"] = "true"
	w.Status.Phase = phase
	_, err := c.workflows.Update(t.Context(), w, metav1.UpdateOptions{})
	require.NoError(t, err)
}

// pace takes beats until the pool is done, with its workers run in between.
func (c *cluster) pace(t *testing.T, id, pool string) {
	t.Helper()
	for range 100 {
		beat := c.pulse(t, id, pool)
		require.NotEmpty(t, beat["summary"])
		require.True(t, json.Valid([]byte(beat["metrics"])))
		if beat["done"] == "true" {
			return
		}
		require.NotEqual(t, "0", beat["wait"])
		c.work(t)
	}
	require.Fail(t, "the pool was not done after 100 beats")
}

func (c *cluster) group(t *testing.T, id string, args ...string) []string {
	t.Helper()
	grouped := c.step(t, 0, grouping.Step(), append([]string{"--run=" + id}, args...)...)
	require.Equal(t, "true", grouped["proceed"], grouped["summary"])
	require.Equal(t, "2026-12", grouped["period"])
	var pools []string
	require.NoError(t, json.Unmarshal([]byte(grouped["pools"]), &pools))
	return pools
}

func TestWholeRun(t *testing.T) {
	c := newCluster(t)
	pools := c.group(t, "replicate-x7k2p", "--period=2026-12")
	require.Equal(t, []string{"one", "two"}, pools)
	for _, pool := range pools {
		c.pace(t, "replicate-x7k2p", pool)
	}
	ended := c.step(t, 0, reporting.Step(), "--run=replicate-x7k2p")
	require.Equal(t, "done", ended["state"])
	require.Equal(t, "0", ended["failed"])
	require.Equal(t, "period 2026-12: 12 of 12 entities done", ended["summary"])
	c.RequireReplicated(t, december)

	// Everything is done: the next run has nothing to pace.
	require.Empty(t, c.group(t, "replicate-again", "--scheduled-time=2026-11-30T23:05:00Z", "--timezone=Europe/Berlin"))
	ended = c.step(t, 0, reporting.Step(), "--run=replicate-again")
	require.Equal(t, "period 2026-12: 12 of 12 entities done, 12 done before", ended["summary"])
}

func TestWorkersCarryWhatTheirTemplateAndOperatorsNeed(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	c.pulse(t, "r1", "one")
	list, err := c.workflows.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, list.Items)
	w := list.Items[0]
	require.Equal(t, "replicate-batch", w.Spec.WorkflowTemplateRef.Name)
	require.Equal(t, "r1-one-1", w.OwnerReferences[0].Name)
	require.EqualValues(t, "4711", w.OwnerReferences[0].UID)
	for label, value := range map[string]string{"kind": "worker", "run": "r1", "pool": "one", "period": "2026-12"} {
		require.Equal(t, value, w.Labels["metronome/"+label])
	}
}

func TestGroupStepIsReentrant(t *testing.T) {
	c := newCluster(t)
	first := c.step(t, 0, grouping.Step(), "--run=r1", "--period=2026-12", `--entities=["one-001","two-001"]`)
	second := c.step(t, 0, grouping.Step(), "--run=r1", "--period=2026-12", `--entities=["one-001","two-001"]`)
	require.Equal(t, first, second)
	require.Contains(t, first["summary"], "2 entities")
}

func TestSecondRunOfAPeriodHasNothingToDo(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12")
	second := c.step(t, 0, grouping.Step(), "--run=r2", "--period=2026-12")
	require.Equal(t, "false", second["proceed"])
	require.Equal(t, "[]", second["pools"])
	require.Contains(t, second["summary"], `"r1": period 2026-12 is being replicated already`)
	// Its report says so too, succeeds, and leaves the first one's lease alone.
	ended := c.step(t, 0, reporting.Step(), "--run=r2", "--failures={{workflow.failures}}")
	require.Equal(t, "skipped", ended["state"])
	require.Equal(t, "false", c.step(t, 0, grouping.Step(), "--run=r3", "--period=2026-12")["proceed"])
}

func TestFailedEntityFailsTheRunAndIsRetried(t *testing.T) {
	c := newCluster(t)
	key := ledger.EntityKey("one-002", december, ledger.PeriodName)
	document := func(state string) []byte {
		return []byte(`{"version": 1, "period": "2026-12", "state": "` + state + `"}`)
	}
	require.NoError(t, c.Ledger.Put(t.Context(), key, document("locked")))
	for _, pool := range c.group(t, "r1", "--period=2026-12") {
		c.pace(t, "r1", pool)
	}
	ended := c.step(t, 3, reporting.Step(), "--run=r1")
	require.Equal(t, "failed", ended["state"])
	require.Equal(t, "1", ended["failed"])
	require.Contains(t, ended["summary"], "one-002")

	require.NoError(t, c.Ledger.Put(t.Context(), key, document("open")))
	pools := c.group(t, "r2", "--period=2026-12")
	require.Equal(t, []string{"one"}, pools, "only what is missing")
	c.pace(t, "r2", "one")
	require.Equal(t, "done", c.step(t, 0, reporting.Step(), "--run=r2")["state"])
	c.RequireReplicated(t, december)
}

func TestFailedGroupingIsTheRunsFailure(t *testing.T) {
	c := newCluster(t)
	c.step(t, 65, grouping.Step(), "--run=r1", "--period=2026-12", `--entities=["nobody"]`)
	failures := `"[{\"displayName\":\"group\",\"message\":\"main: Error (exit code 65): no such entity\"}]"`
	ended := c.step(t, 1, reporting.Step(), "--run=r1", "--failures="+failures)
	require.Equal(t, "failed", ended["state"])
	require.Contains(t, ended["summary"], "group: main: Error (exit code 65): no such entity")
	c.group(t, "r2", "--period=2026-12") // the lease was given back at once
}

func TestCancelLeavesTheRest(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	c.pulse(t, "r1", "one")
	_, err := run.SendOrder(t.Context(), c.Ledger, "r1", run.Cancel, "anna@laptop")
	require.NoError(t, err)
	require.Positive(t, c.work(t))
	beat := c.pulse(t, "r1", "one")
	require.Equal(t, "true", beat["done"])
	require.Contains(t, beat["summary"], "cancelled by anna@laptop")
	ended := c.step(t, 75, reporting.Step(), "--run=r1")
	require.Equal(t, "interrupted", ended["state"])
	require.Contains(t, ended["summary"], "6 left")
	c.group(t, "r2", "--period=2026-12", `--pools=["one"]`)
	c.pace(t, "r2", "one")
	require.Equal(t, "done", c.step(t, 0, reporting.Step(), "--run=r2")["state"])
}

func TestPausedRunWaitsAndGoesOn(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	ask := func(order run.Order) {
		_, err := run.SendOrder(t.Context(), c.Ledger, "r1", order, "anna@laptop")
		require.NoError(t, err)
	}
	ask(run.Pause)
	for range 3 {
		beat := c.pulse(t, "r1", "one")
		require.Equal(t, "false", beat["done"])
		require.Contains(t, beat["summary"], "paused by anna@laptop")
		require.Zero(t, c.work(t))
	}
	standing, err := run.ReadStatus(t.Context(), c.Ledger, "r1", func(string) float64 { return 0 })
	require.NoError(t, err)
	require.Equal(t, run.StatePaused, standing.State)
	ask(run.Resume)
	c.pace(t, "r1", "one")
	require.Equal(t, "done", c.step(t, 0, reporting.Step(), "--run=r1")["state"])
}

func TestStoppedWorkflowCancelsItsRun(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	_, err := c.workflows.Create(t.Context(), &wfv1.Workflow{
		ObjectMeta: metav1.ObjectMeta{Name: "r1", Labels: map[string]string{"metronome/kind": "run", "metronome/run": "r1"}},
		Spec:       wfv1.WorkflowSpec{Shutdown: wfv1.ShutdownStrategyTerminate},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	beat := c.pulse(t, "r1", "one")
	require.Equal(t, "true", beat["done"])
	require.Contains(t, beat["summary"], "the run's Workflow was stopped")
	require.Zero(t, c.work(t))
}

func TestReportStopsWorkersOfAStoppedWorkflow(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	c.pulse(t, "r1", "one")
	outputs := t.TempDir()
	ended := make(chan int)
	go func() {
		ended <- steps.Run(t.Context(), reporting.Step(), []string{"--run=r1", "--outputs=" + outputs}, io.Discard, c.logs)
	}()
	require.Eventually(t, func() bool {
		asked, err := run.ReadControl(t.Context(), c.Ledger, "r1")
		return err == nil && asked.Order == run.Cancel
	}, wait, tick)
	c.work(t)
	require.Equal(t, "true", c.pulse(t, "r1", "one")["done"])
	require.Equal(t, 75, <-ended)
	summary, err := os.ReadFile(filepath.Join(outputs, "summary"))
	require.NoError(t, err)
	require.Contains(t, string(summary), "6 left")
	c.group(t, "r2", "--period=2026-12")
}

func TestLostLeaseCancelsTheRun(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	lease, version, err := ledger.ReadJSON[run.Lease](t.Context(), c.Ledger, run.LeaseKey(december))
	require.NoError(t, err)
	lease.Run = "another"
	_, err = ledger.SwapJSON(t.Context(), c.Ledger, run.LeaseKey(december), lease, version)
	require.NoError(t, err)
	beat := c.pulse(t, "r1", "one")
	require.Equal(t, "true", beat["done"])
	require.Contains(t, beat["summary"], "another run works on the period")
}

func TestSetRateIsTakenOver(t *testing.T) {
	c := newCluster(t)
	c.group(t, "r1", "--period=2026-12", `--pools=["one"]`)
	_, err := run.SetPoolRate(t.Context(), c.Ledger, "one", 5, "anna@laptop")
	require.NoError(t, err)
	beat := c.pulse(t, "r1", "one")
	require.Contains(t, beat["summary"], "5 requests/s set by anna@laptop")
	require.Contains(t, beat["metrics"], `"rate":5,`)
}

func TestBatchStepsOfAnUnknownBatchAreBadData(t *testing.T) {
	c := newCluster(t)
	args := []string{"--run=r1", "--pool=one", "--batch=b0000009", "--worker=w"}
	c.step(t, 65, preparing.Step(receipt.Folders), args...)
	c.step(t, 65, uploading.Step(), args...)
	c.step(t, 78, preparing.Step(receipt.Templates), "--run=r1", "--pool=one", "--batch=9", "--worker=w")
	c.step(t, 78, preparing.Step(receipt.Templates), "--run=r1")
	c.step(t, 78, pulsing.Step(), "--nonsense")
}

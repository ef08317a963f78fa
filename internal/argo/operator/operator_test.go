package operator_test

import (
	"context"
	"testing"
	"time"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"metronome/internal/argo"
	"metronome/internal/argo/operator"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/test/argoserver"
)

var december = period.New(2026, 12)

func connect(t *testing.T) (context.Context, *operator.Client) {
	t.Helper()
	ctx, client, err := operator.Connect(t.Context(), operator.Options{})
	require.NoError(t, err)
	require.Equal(t, argoserver.Namespace, client.Namespace)
	return ctx, client
}

func TestSubmit(t *testing.T) {
	server := argoserver.Start(t)
	ctx, client := connect(t)
	started, err := client.Submit(ctx, "2026-12-x", operator.Submission{
		Period: december, RetryOf: "2026-12-w",
		Selection: run.Selection{Entities: []entity.ID{"acme", "acme-uk"}, Pools: []string{"box"}},
	})
	require.NoError(t, err)
	require.Equal(t, "2026-12-x", started.Name)
	require.Equal(t, "Pending", started.Phase)
	require.Equal(t, "2026-12-w", started.RetryOf)
	made, err := server.Workflows.Get(t.Context(), "2026-12-x", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, "replicate-period", made.Spec.WorkflowTemplateRef.Name)
	require.Equal(t, map[string]string{"metronome/kind": "run", "metronome/run": "2026-12-x", "metronome/period": "2026-12"}, made.Labels)
	for name, want := range map[string]string{"period": "2026-12", "entities": `["acme","acme-uk"]`, "pools": `["box"]`} {
		require.Equal(t, want, made.Spec.Arguments.GetParameterByName(name).Value.String())
	}

	_, err = client.Submit(ctx, "2026-12-y", operator.Submission{Period: december})
	require.NoError(t, err)
	made, err = server.Workflows.Get(t.Context(), "2026-12-y", metav1.GetOptions{})
	require.NoError(t, err)
	require.Len(t, made.Spec.Arguments.Parameters, 1, "the template's defaults hold")
}

func TestRunTellsPoolsWorkersAndVerdict(t *testing.T) {
	server := argoserver.Start(t)
	ctx, client := connect(t)
	_, err := client.Submit(ctx, "r1", operator.Submission{Period: december, Selection: run.Selection{Pools: []string{"box"}}})
	require.NoError(t, err)
	began := time.Now()
	for i, w := range []wfv1.Workflow{
		labelled("r1-box-1", argo.PoolKind, wfv1.WorkflowRunning), labelled("r1-box-2", argo.PoolKind, wfv1.WorkflowRunning),
		labelled("w1", argo.WorkerKind, wfv1.WorkflowRunning), labelled("w2", argo.WorkerKind, wfv1.WorkflowSucceeded),
	} {
		w.CreationTimestamp = metav1.NewTime(began.Add(time.Duration(i) * time.Second))
		_, err := server.Workflows.Create(t.Context(), &w, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	seen, err := client.Run(ctx, "r1")
	require.NoError(t, err)
	require.Equal(t, 1, seen.Workers)
	require.Len(t, seen.Pools, 1)
	require.Equal(t, "r1-box-2", seen.Pools[0].Workflow, "the youngest generation")
	require.Equal(t, []string{"box"}, seen.Selection.Pools)
	require.False(t, seen.Ended())

	server.End(t, "r1", "Failed", "failed", "one failed")
	seen, err = client.Run(ctx, "r1")
	require.NoError(t, err)
	require.True(t, seen.Ended())
	require.Equal(t, run.StateFailed, seen.State)
	require.Equal(t, "one failed", seen.Summary)

	runs, err := client.Runs(ctx)
	require.NoError(t, err)
	require.Len(t, runs, 1, "pools and workers are no runs")
}

func labelled(name, kind string, phase wfv1.WorkflowPhase) wfv1.Workflow {
	labels := map[string]string{argo.KindLabel: kind, argo.RunLabel: "r1", argo.PoolLabel: "box"}
	if phase.Completed() {
		labels["workflows.argoproj.io/completed"] = "true"
	}
	return wfv1.Workflow{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}, Status: wfv1.WorkflowStatus{Phase: phase}}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	server := argoserver.Start(t)
	ctx, client := connect(t)
	_, err := client.Run(ctx, "nobody")
	require.ErrorIs(t, err, operator.ErrNoRun)
	require.Equal(t, failure.Config, failure.ClassOf(err))
	require.NotEmpty(t, failure.HintOf(err))

	ctx, elsewhere, err := operator.Connect(t.Context(), operator.Options{Namespace: "kube-system"})
	require.NoError(t, err)
	_, err = elsewhere.Submit(ctx, "r1", operator.Submission{Period: december})
	require.Equal(t, failure.Config, failure.ClassOf(err))
	require.ErrorContains(t, err, "submit run to namespace kube-system")

	server.Refusal = "spec.arguments.scheduled was not supplied"
	_, err = client.Submit(ctx, "r1", operator.Submission{Period: december})
	require.Equal(t, failure.Config, failure.ClassOf(err))
	require.Contains(t, failure.HintOf(err), "the chart is of an unknown version, the program of devel")
	_, err = server.Templates.Create(t.Context(), &wfv1.WorkflowTemplate{ObjectMeta: metav1.ObjectMeta{
		Name: operator.PeriodTemplate, Labels: map[string]string{"app.kubernetes.io/version": "0.1.0"},
	}}, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = client.Submit(ctx, "r1", operator.Submission{Period: december})
	require.Contains(t, failure.HintOf(err), "the chart is of 0.1.0, the program of devel")

	t.Setenv("ARGO_TOKEN", "Bearer stolen")
	ctx, stranger, err := operator.Connect(t.Context(), operator.Options{})
	require.NoError(t, err)
	_, err = stranger.Runs(ctx)
	require.Equal(t, failure.Config, failure.ClassOf(err))

	ctx, down, err := operator.Connect(t.Context(), operator.Options{Server: "127.0.0.1:1"})
	require.NoError(t, err)
	_, err = down.Runs(ctx)
	require.Equal(t, failure.Overload, failure.ClassOf(err))
}

func TestWithoutAnyConfigurationThereIsNoArgo(t *testing.T) {
	argoserver.Start(t)
	t.Setenv("ARGO_SERVER", "")
	_, _, err := operator.Connect(t.Context(), operator.Options{})
	require.ErrorIs(t, err, operator.ErrNotConfigured)
	require.Equal(t, failure.Config, failure.ClassOf(err))
}

// Argo's library ends the process where a cluster does not answer; here it must be an error like any other.
func TestUnreachableClusterIsAnError(t *testing.T) {
	argoserver.Start(t)
	t.Setenv("ARGO_SERVER", "")
	_, _, err := operator.Connect(t.Context(), operator.Options{Kubeconfig: "testdata/unreachable.yaml"})
	require.Equal(t, failure.Overload, failure.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "connect to the cluster")
}

func TestCallsEndWithTheirCaller(t *testing.T) {
	argoserver.Start(t)
	parent, cancel := context.WithCancel(t.Context())
	ctx, client, err := operator.Connect(parent, operator.Options{})
	require.NoError(t, err)
	cancel()
	<-ctx.Done()
	_, err = client.Runs(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func TestNamesFitWorkflows(t *testing.T) {
	t.Parallel()
	name := operator.Name(december, time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC), 0x1f3a)
	require.Equal(t, "2026-12-20261201t060000z-1f3a", name)
	require.Empty(t, validation.IsDNS1123Label(name))
}

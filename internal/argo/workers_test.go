package argo

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned/fake"
	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned/typed/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"metronome/internal/batch"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/run"
)

var december = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)

var resource = schema.GroupResource{Group: "argoproj.io", Resource: "workflows"}

func newWorkers() (*Workers, v1alpha1.WorkflowInterface) {
	workflows := fake.NewSimpleClientset().ArgoprojV1alpha1().Workflows("metronome")
	return &Workers{Workflows: workflows, Period: period.New(2026, 12), Owner: Owner{Name: "r1-box-1", UID: "4711"}}, workflows
}

func assignment(pool string, b batch.ID, worker string) run.Assignment {
	return run.Assignment{Run: "r1", Pool: pool, Batch: b, Worker: worker}
}

func TestStartingTwiceMakesOneWorkflow(t *testing.T) {
	t.Parallel()
	w, _ := newWorkers()
	for range 2 {
		require.NoError(t, w.Start(t.Context(), assignment("box", "b0000001", "r1-box-b0000001-1")))
	}
	list, err := w.Workflows.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	made := list.Items[0]
	require.Equal(t, "r1-box-b0000001-1", made.Name)
	require.Equal(t, map[string]string{
		"metronome/kind": "worker", "metronome/run": "r1", "metronome/pool": "box", "metronome/batch": "b0000001",
		"metronome/period": "2026-12",
	}, made.Labels)
	require.Equal(t, "box: batch b0000001 of 2026-12", made.Annotations["workflows.argoproj.io/title"])
	require.Equal(t, "replicate-batch", made.Spec.WorkflowTemplateRef.Name)
	owner := made.OwnerReferences[0]
	require.Equal(t, "argoproj.io/v1alpha1", owner.APIVersion)
	require.Equal(t, "Workflow", owner.Kind)
	require.Equal(t, "r1-box-1", owner.Name)
	require.True(t, *owner.Controller)
	for name, want := range map[string]string{
		"run": "r1", "pool": "box", "period": "2026-12", "batch": "b0000001", "worker": "r1-box-b0000001-1",
	} {
		require.Equal(t, want, made.Spec.Arguments.GetParameterByName(name).Value.String())
	}
}

func TestLiveAreTheWorkersOfThePoolThatHaveNotEnded(t *testing.T) {
	t.Parallel()
	w, workflows := newWorkers()
	const odd = "R1-box-b0000003-1" // its Workflow has another name
	for _, a := range []run.Assignment{
		assignment("box", "b0000001", "r1-box-b0000001-1"), assignment("box", "b0000002", "r1-box-b0000002-1"),
		assignment("box", "b0000003", odd), assignment("egnyte", "b0000004", "r1-egnyte-b0000004-1"),
	} {
		require.NoError(t, w.Start(t.Context(), a))
	}
	ended, err := workflows.Get(t.Context(), "r1-box-b0000002-1", metav1.GetOptions{})
	require.NoError(t, err)
	ended.Labels[completedLabel] = "true"
	_, err = workflows.Update(t.Context(), ended, metav1.UpdateOptions{})
	require.NoError(t, err)

	live, err := w.Live(t.Context(), "r1", "box")
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"r1-box-b0000001-1": true, odd: true}, live)
	none, err := w.Live(t.Context(), "r2", "box")
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestStopped(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		edit func(*wfv1.Workflow)
		want bool
	}{
		"running":    {func(w *wfv1.Workflow) { w.Status.Phase = wfv1.WorkflowRunning }, false},
		"new":        {func(*wfv1.Workflow) {}, false},
		"stopped":    {func(w *wfv1.Workflow) { w.Spec.Shutdown = wfv1.ShutdownStrategyStop }, true},
		"terminated": {func(w *wfv1.Workflow) { w.Spec.Shutdown = wfv1.ShutdownStrategyTerminate }, true},
		"failed":     {func(w *wfv1.Workflow) { w.Status.Phase = wfv1.WorkflowFailed }, true},
		"another's":  {func(w *wfv1.Workflow) { w.Labels[RunLabel], w.Status.Phase = "r2", wfv1.WorkflowFailed }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := newWorkers()
			workflow := &wfv1.Workflow{ObjectMeta: metav1.ObjectMeta{Name: "r1", Labels: map[string]string{KindLabel: RunKind, RunLabel: "r1"}}}
			one.edit(workflow)
			_, err := w.Workflows.Create(t.Context(), workflow, metav1.CreateOptions{})
			require.NoError(t, err)
			stopped, err := w.Stopped(t.Context(), "r1")
			require.NoError(t, err)
			require.Equal(t, one.want, stopped)
		})
	}
}

// shaky answers the first requests with errors.
type shaky struct {
	WorkflowClient
	errs []error
}

func (s *shaky) next() error {
	if len(s.errs) == 0 {
		return nil
	}
	err := s.errs[0]
	s.errs = s.errs[1:]
	return err
}

func (s *shaky) Create(ctx context.Context, w *wfv1.Workflow, o metav1.CreateOptions) (*wfv1.Workflow, error) {
	if err := s.next(); err != nil {
		return nil, err
	}
	return s.WorkflowClient.Create(ctx, w, o)
}

func (s *shaky) List(ctx context.Context, o metav1.ListOptions) (*wfv1.WorkflowList, error) {
	if err := s.next(); err != nil {
		return nil, err
	}
	return s.WorkflowClient.List(ctx, o)
}

func TestTransientErrorsAreRetried(t *testing.T) {
	t.Parallel()
	w, _ := newWorkers()
	w.Workflows = &shaky{WorkflowClient: w.Workflows, errs: []error{
		apierrors.NewServiceUnavailable("restarting"), apierrors.NewTooManyRequests("slowly", 0),
	}}
	require.NoError(t, w.Start(t.Context(), assignment("box", "b0000001", "r1-box-b0000001-1")))
	live, err := w.Live(t.Context(), "r1", "box")
	require.NoError(t, err)
	require.Len(t, live, 1)
}

func TestErrorClasses(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		err  error
		want failure.Class
	}{
		"forbidden": {apierrors.NewForbidden(resource, "", errors.New("no role")), failure.Config},
		"no token":  {apierrors.NewUnauthorized("no token"), failure.Config},
		"no Argo":   {apierrors.NewNotFound(resource, ""), failure.Config},
		"refused":   {apierrors.NewBadRequest("what is a worker?"), failure.Config},
		"other":     {apierrors.NewGenericServerResponse(http.StatusConflict, "post", resource, "", "", 0, false), failure.Overload},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := newWorkers()
			w.Workflows = &shaky{WorkflowClient: w.Workflows, errs: []error{one.err}}
			_, err := w.Live(t.Context(), "r1", "box")
			require.Equal(t, one.want, failure.ClassOf(err), "%v", err)
			require.ErrorContains(t, err, "list Workflows: ")
		})
	}
}

func TestRefusalNamesBothVersions(t *testing.T) {
	t.Setenv("METRONOME_MANIFESTS", "0.1.0")
	w, _ := newWorkers()
	w.Workflows = &shaky{WorkflowClient: w.Workflows, errs: []error{apierrors.NewBadRequest("unknown argument")}}
	err := w.Start(t.Context(), assignment("box", "b1", "w1"))
	require.Contains(t, failure.HintOf(err), "the manifests are 0.1.0, the program is devel")
}

func TestCancelledCallsHaveNoClass(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w, _ := newWorkers()
	w.Workflows = &shaky{WorkflowClient: w.Workflows, errs: []error{context.Canceled}}
	_, err := w.Live(ctx, "r1", "box")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, failure.ClassOf(err))
}

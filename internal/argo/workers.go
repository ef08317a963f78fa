package argo

import (
	"context"
	"fmt"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"metronome/internal/period"
	"metronome/internal/run"
)

// WorkflowClient is the part of Argo's client that the pacing loop needs, for one namespace.
type WorkflowClient interface {
	Create(ctx context.Context, workflow *wfv1.Workflow, options metav1.CreateOptions) (*wfv1.Workflow, error)
	List(ctx context.Context, options metav1.ListOptions) (*wfv1.WorkflowList, error)
}

// WorkerTemplate is the WorkflowTemplate of workers.
const WorkerTemplate = "replicate-batch"

// Owner is the Workflow that the workers belong to: the pool's.
type Owner struct{ Name, UID string }

// Workers starts workers as Workflows; it is the replicate.Workers of Argo.
type Workers struct {
	Workflows WorkflowClient
	Period    period.Period
	Owner     Owner
}

// Start creates the worker's Workflow. An existing Workflow counts as success. Transient errors are retried.
func (w *Workers) Start(ctx context.Context, a run.Assignment) error {
	wanted := w.workflow(a)
	err := retryTransient(ctx, func() error {
		_, err := w.Workflows.Create(ctx, wanted, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			return nil
		}
		return err
	})
	return classify("create Workflow "+wanted.Name, err)
}

// Live returns the workers whose Workflows have not ended. One that Argo has not looked at yet counts as alive.
func (w *Workers) Live(ctx context.Context, id run.ID, pool string) (map[string]bool, error) {
	list, err := w.list(ctx, WorkersSelector(id)+","+PoolLabel+"="+labelValue(pool))
	if err != nil {
		return nil, err
	}
	live := make(map[string]bool, len(list))
	for i := range list {
		live[workerName(&list[i])] = true
	}
	return live, nil
}

// Stopped reports whether the Workflow of a run has ended or was told to, so that nothing more should be started for it. A run
// without a Workflow is not stopped.
func (w *Workers) Stopped(ctx context.Context, id run.ID) (bool, error) {
	list, err := w.list(ctx, RunSelector(id))
	for i := range list {
		if list[i].Spec.Shutdown != "" || list[i].Status.Fulfilled() {
			return true, err
		}
	}
	return false, err
}

func (w *Workers) list(ctx context.Context, selector string) ([]wfv1.Workflow, error) {
	var list *wfv1.WorkflowList
	err := retryTransient(ctx, func() (err error) {
		list, err = w.Workflows.List(ctx, metav1.ListOptions{LabelSelector: selector})
		return err
	})
	if err != nil {
		return nil, classify("list Workflows", err)
	}
	return list.Items, nil
}

// workerName returns the name of the worker that a Workflow is.
func workerName(workflow *wfv1.Workflow) string {
	if name := workflow.Spec.Arguments.GetParameterByName("worker"); name != nil && name.Value != nil {
		return name.Value.String()
	}
	return workflow.Name
}

func (w *Workers) workflow(a run.Assignment) *wfv1.Workflow {
	return &wfv1.Workflow{
		ObjectMeta: metav1.ObjectMeta{
			Name: WorkflowName(a.Worker),
			Labels: map[string]string{
				KindLabel: WorkerKind, RunLabel: labelValue(string(a.Run)), PoolLabel: labelValue(a.Pool),
				BatchLabel: labelValue(string(a.Batch)), PeriodLabel: labelValue(w.Period.String()),
			},
			Annotations: map[string]string{
				titleAnnotation:       fmt.Sprintf("%s: batch %s of %s", a.Pool, a.Batch, w.Period),
				descriptionAnnotation: fmt.Sprintf("folders → templates → upload, for run %s. Progress counts entities.", a.Run),
			},
			OwnerReferences: w.owners(),
		},
		Spec: wfv1.WorkflowSpec{
			WorkflowTemplateRef: &wfv1.WorkflowTemplateRef{Name: WorkerTemplate},
			Arguments: wfv1.Arguments{Parameters: []wfv1.Parameter{
				parameter("run", string(a.Run)), parameter("pool", a.Pool), parameter("period", w.Period.String()),
				parameter("batch", string(a.Batch)), parameter("worker", a.Worker),
			}},
		},
	}
}

// owners makes the pool's Workflow the owner, so that deleting it deletes the workers.
func (w *Workers) owners() []metav1.OwnerReference {
	if w.Owner.UID == "" {
		return nil
	}
	return []metav1.OwnerReference{*metav1.NewControllerRef(
		&metav1.ObjectMeta{Name: w.Owner.Name, UID: uid(w.Owner.UID)}, wfv1.SchemeGroupVersion.WithKind("Workflow"))}
}

func parameter(name, value string) wfv1.Parameter {
	return wfv1.Parameter{Name: name, Value: wfv1.AnyStringPtr(value)}
}

package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	workflowpkg "github.com/argoproj/argo-workflows/v3/pkg/apiclient/workflow"
	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"metronome/internal/argo"
	"metronome/internal/period"
	"metronome/internal/run"
)

// PeriodTemplate is the WorkflowTemplate of runs.
const PeriodTemplate = "replicate-period"

// Submission is a run to be submitted.
type Submission struct {
	Period    period.Period
	Selection run.Selection
	RetryOf   run.ID // "" for a run of its own
}

// Name makes a run's id that is also fit for a Workflow; salt tells apart two runs of one second.
func Name(p period.Period, now time.Time, salt uint16) string {
	return strings.ToLower(string(run.NewID(p, now, salt)))
}

// Submit creates the Workflow of a run under a name.
func (c *Client) Submit(ctx context.Context, name string, w Submission) (Run, error) {
	workflow, err := workflowOf(name, w)
	if err != nil {
		return Run{}, err
	}
	created, err := c.service.CreateWorkflow(ctx, &workflowpkg.WorkflowCreateRequest{Namespace: c.Namespace, Workflow: workflow})
	if err != nil {
		return Run{}, c.classifySubmission(ctx, "submit run to namespace "+c.Namespace, err)
	}
	return runOf(created), nil
}

func workflowOf(name string, w Submission) (*wfv1.Workflow, error) {
	parameters := []wfv1.Parameter{{Name: "period", Value: wfv1.AnyStringPtr(w.Period.String())}}
	for _, list := range []struct {
		name   string
		values any
		given  bool
	}{
		{"entities", w.Selection.Entities, len(w.Selection.Entities) > 0},
		{"pools", w.Selection.Pools, len(w.Selection.Pools) > 0},
	} {
		if !list.given {
			continue
		}
		text, err := json.Marshal(list.values)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", list.name, err)
		}
		parameters = append(parameters, wfv1.Parameter{Name: list.name, Value: wfv1.AnyStringPtr(string(text))})
	}
	return &wfv1.Workflow{
		ObjectMeta: metav1.ObjectMeta{
			Name:        name,
			Labels:      map[string]string{argo.KindLabel: argo.RunKind, argo.RunLabel: name, argo.PeriodLabel: w.Period.String()},
			Annotations: annotations(w),
		},
		Spec: wfv1.WorkflowSpec{
			WorkflowTemplateRef: &wfv1.WorkflowTemplateRef{Name: PeriodTemplate},
			Arguments:           wfv1.Arguments{Parameters: parameters},
		},
	}, nil
}

// retryAnnotation says which run a run makes up for.
const retryAnnotation = "metronome/retry-of"

func annotations(w Submission) map[string]string {
	if w.RetryOf == "" {
		return nil
	}
	return map[string]string{retryAnnotation: string(w.RetryOf)}
}

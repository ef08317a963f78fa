package workflows_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/validate"
)

// library finds the WorkflowTemplates for Argo's validator.
type library map[string]*wfv1.WorkflowTemplate

func (l library) Get(name string) (*wfv1.WorkflowTemplate, error) {
	if found, ok := l[name]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("no WorkflowTemplate %q", name)
}

func loadLibrary(t *testing.T) library {
	t.Helper()
	all := library{}
	for name, file := range templateFiles {
		loaded := load[wfv1.WorkflowTemplate](t, file)
		require.Equal(t, name, loaded.Name)
		all[name] = &loaded
	}
	return all
}

func TestArgoAcceptsTheTemplates(t *testing.T) {
	t.Parallel()
	all := loadLibrary(t)
	for name, one := range all {
		require.NoError(t, validate.ValidateWorkflowTemplate(all, nil, one, nil, validate.ValidateOpts{Lint: true}), name)
	}
}

func TestArgoAcceptsTheSchedule(t *testing.T) {
	t.Parallel()
	schedule := load[wfv1.CronWorkflow](t, "schedule.yaml")
	require.NoError(t, validate.ValidateCronWorkflow(context.Background(), loadLibrary(t), nil, &schedule, nil))
	require.Equal(t, wfv1.ForbidConcurrent, schedule.Spec.ConcurrencyPolicy)
	require.NotEmpty(t, schedule.Spec.Timezone)
	require.Positive(t, *schedule.Spec.StartingDeadlineSeconds)
}

func TestArgoAcceptsWhatIsSubmitted(t *testing.T) {
	t.Parallel()
	for name, parameters := range map[string][]string{
		"replicate-period": nil,
		"pace-pool":        {"run", "pool", "period"},
		"replicate-batch":  {"run", "pool", "period", "batch", "worker"},
	} {
		require.NoError(t, submit(t, name, parameters), name)
	}
	require.NoError(t, submit(t, "replicate-period", []string{"period", "entities", "pools"}))
	require.ErrorContains(t, submit(t, "replicate-batch", []string{"run"}), "pool")
}

func submit(t *testing.T, template string, parameters []string) error {
	t.Helper()
	var workflow wfv1.Workflow
	workflow.Name = "submitted"
	workflow.Spec.WorkflowTemplateRef = &wfv1.WorkflowTemplateRef{Name: template}
	for _, name := range parameters {
		workflow.Spec.Arguments.Parameters = append(workflow.Spec.Arguments.Parameters,
			wfv1.Parameter{Name: name, Value: wfv1.AnyStringPtr("x")})
	}
	return validate.ValidateWorkflow(loadLibrary(t), nil, &workflow, nil, validate.ValidateOpts{Submit: true})
}

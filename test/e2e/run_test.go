//go:build e2e

package e2e

import (
	"context"
	"encoding/json"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
)

var december = period.New(2026, 12)

// submit starts a run through the Argo client, as `argo submit --from workflowtemplate/replicate-period` does, and returns the
// Workflow's name.
func (s *site) submit(p period.Period) string {
	s.t.Helper()
	created, err := s.workflows().Create(s.t.Context(), &wfv1.Workflow{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "replicate-period-"},
		Spec: wfv1.WorkflowSpec{
			WorkflowTemplateRef: &wfv1.WorkflowTemplateRef{Name: "replicate-period"},
			Arguments:           wfv1.Arguments{Parameters: []wfv1.Parameter{{Name: "period", Value: wfv1.AnyStringPtr(p.String())}}},
		},
	}, metav1.CreateOptions{})
	require.NoError(s.t, err)
	return created.Name
}

// waitForEnd waits for the end of a run's Workflow.
func (s *site) waitForEnd(name string) *wfv1.Workflow {
	s.t.Helper()
	var workflow *wfv1.Workflow
	eventually(s.t, "the end of "+name, func(ctx context.Context) (bool, error) {
		var err error
		workflow, err = s.workflows().Get(ctx, name, metav1.GetOptions{})
		return err == nil && workflow.Status.Fulfilled(), err
	})
	return workflow
}

// waitForSuccess waits for the end of a run and requires it to be a success.
func (s *site) waitForSuccess(name string) *wfv1.Workflow {
	s.t.Helper()
	workflow := s.waitForEnd(name)
	require.Equal(s.t, wfv1.WorkflowSucceeded, workflow.Status.Phase, "%s: %s", name, workflow.Status.Message)
	return workflow
}

// report reads a run's report from the ledger.
func (s *site) report(name string) run.Report {
	s.t.Helper()
	report, _, err := ledger.ReadJSON[run.Report](s.t.Context(), s.ledger, run.ReportKey(run.ID(name)))
	require.NoError(s.t, err)
	return report
}

// workflow reads a Workflow.
func (s *site) workflow(name string) *wfv1.Workflow {
	s.t.Helper()
	workflow, err := s.workflows().Get(s.t.Context(), name, metav1.GetOptions{})
	require.NoError(s.t, err)
	return workflow
}

// list reads the Workflows of a label selector.
func (s *site) list(selector string) []wfv1.Workflow {
	s.t.Helper()
	list, err := s.workflows().List(s.t.Context(), metav1.ListOptions{LabelSelector: selector})
	require.NoError(s.t, err)
	return list.Items
}

// output returns an output parameter of a template's node in a Workflow.
func (s *site) output(workflow *wfv1.Workflow, template, parameter string) string {
	s.t.Helper()
	for _, node := range workflow.Status.Nodes {
		if node.TemplateName != template || node.Type != wfv1.NodeTypePod {
			continue
		}
		for _, p := range node.Outputs.Parameters {
			if p.Name == parameter && p.Value != nil {
				return p.Value.String()
			}
		}
	}
	require.FailNow(s.t, "no such output", "%s of %s in %s", parameter, template, workflow.Name)
	return ""
}

// waitForWork waits until a beat has seen requests of a run's workers.
func (s *site) waitForWork(id string) {
	s.t.Helper()
	eventually(s.t, "work on "+id, func(ctx context.Context) (bool, error) {
		beat, err := run.ReadLastBeat(ctx, s.ledger, run.ID(id), s.pools[0].name)
		return err == nil && beat.Total.Requests > 0, err
	})
}

// waitForRequests waits until a pool's provider has seen some requests.
func (s *site) waitForRequests(pool string, atLeast int) {
	s.t.Helper()
	eventually(s.t, "requests", func(ctx context.Context) (bool, error) {
		counts, err := s.providers.Counts(ctx, pool)
		return err == nil && counts.Requests >= atLeast, err
	})
}

// bytes is the size of a Workflow as Argo writes it; the API server adds to it who manages which field.
func (s *site) bytes(workflow *wfv1.Workflow) int {
	s.t.Helper()
	written := workflow.DeepCopy()
	written.ManagedFields = nil
	text, err := json.Marshal(written)
	require.NoError(s.t, err)
	return len(text)
}

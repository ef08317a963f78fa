package operator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	workflowpkg "github.com/argoproj/argo-workflows/v3/pkg/apiclient/workflow"
	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"metronome/internal/argo"
	"metronome/internal/failure"
	"metronome/internal/run"
)

// Run is a run as Argo sees it.
type Run struct {
	Name      string        `json:"name"`
	Namespace string        `json:"namespace"`
	Period    string        `json:"period"`
	Selection run.Selection `json:"selection,omitzero"`
	RetryOf   string        `json:"retryOf,omitempty"`
	Phase     string        `json:"phase"` // Argo's: Pending, Running, Succeeded, Failed or Error
	Message   string        `json:"message,omitempty"`
	State     run.State     `json:"state,omitempty"` // what its report step said; "" before
	Summary   string        `json:"summary,omitempty"`
	Started   time.Time     `json:"started,omitzero"`
	Finished  time.Time     `json:"finished,omitzero"`
	Pools     []Pool        `json:"pools,omitempty"`
	Workers   int           `json:"workers"` // that live
}

// Pool is the Workflow that paces a pool in a run, in its present generation.
type Pool struct {
	Name     string `json:"name"`
	Workflow string `json:"workflow"`
	Phase    string `json:"phase"`
	Message  string `json:"message,omitempty"`

	created time.Time
}

// Ended reports whether the run's Workflow will do nothing more.
func (r Run) Ended() bool { return wfv1.WorkflowPhase(r.Phase).Completed() }

// Runs lists the runs of the namespace, the latest first.
func (c *Client) Runs(ctx context.Context) ([]Run, error) {
	list, err := c.list(ctx, argo.KindLabel+"="+argo.RunKind)
	if err != nil {
		return nil, err
	}
	runs := make([]Run, len(list))
	for i := range list {
		runs[i] = runOf(&list[i])
	}
	slices.SortFunc(runs, func(a, b Run) int { return b.Started.Compare(a.Started) })
	return runs, nil
}

// ErrNoRun means that no Workflow carries the run: it was deleted, or it is one of this machine's.
var ErrNoRun = errors.New("no such run in the cluster")

// Run returns one run with its pools and the number of its workers; ErrNoRun.
func (c *Client) Run(ctx context.Context, id run.ID) (Run, error) {
	workflow, err := c.service.GetWorkflow(ctx, &workflowpkg.WorkflowGetRequest{Namespace: c.Namespace, Name: string(id)})
	if notFound(err) {
		return Run{}, failure.New(failure.Config, "run", string(id), "`metronome status` lists the runs; check --namespace",
			"%w (namespace %s)", ErrNoRun, c.Namespace)
	}
	if err != nil {
		return Run{}, classify("get Workflow "+string(id), err)
	}
	found := runOf(workflow)
	if found.Pools, err = c.pools(ctx, id); err != nil {
		return found, err
	}
	workers, err := c.list(ctx, argo.WorkersSelector(id))
	found.Workers = len(workers)
	return found, err
}

// pools returns the youngest generation of each pool's Workflow.
func (c *Client) pools(ctx context.Context, id run.ID) ([]Pool, error) {
	list, err := c.list(ctx, argo.PoolsSelector(id))
	if err != nil {
		return nil, err
	}
	youngest := map[string]Pool{}
	for i := range list {
		w := &list[i]
		name := w.Labels[argo.PoolLabel]
		if known, ok := youngest[name]; !ok || known.created.Before(w.CreationTimestamp.Time) {
			youngest[name] = Pool{
				Name: name, Workflow: w.Name, Phase: string(w.Status.Phase), Message: w.Status.Message,
				created: w.CreationTimestamp.Time,
			}
		}
	}
	pools := make([]Pool, 0, len(youngest))
	for _, pool := range youngest {
		pools = append(pools, pool)
	}
	slices.SortFunc(pools, func(a, b Pool) int { return cmp.Compare(a.Name, b.Name) })
	return pools, nil
}

func (c *Client) list(ctx context.Context, selector string) ([]wfv1.Workflow, error) {
	list, err := c.service.ListWorkflows(ctx, &workflowpkg.WorkflowListRequest{
		Namespace: c.Namespace, ListOptions: &metav1.ListOptions{LabelSelector: selector},
	})
	if err != nil {
		return nil, classify("list Workflows in namespace "+c.Namespace, err)
	}
	return list.Items, nil
}

func runOf(w *wfv1.Workflow) Run {
	r := Run{
		Name: w.Name, Namespace: w.Namespace, Period: cmp.Or(w.Labels[argo.PeriodLabel], argument(w, "period")),
		RetryOf: w.Annotations[retryAnnotation],
		Phase:   cmp.Or(string(w.Status.Phase), string(wfv1.WorkflowPending)), Message: w.Status.Message,
		Started: w.CreationTimestamp.Time, Finished: w.Status.FinishedAt.Time,
	}
	// What is no list was refused by the group step; there is nothing to show then.
	_ = json.Unmarshal([]byte(argument(w, "entities")), &r.Selection.Entities)
	_ = json.Unmarshal([]byte(argument(w, "pools")), &r.Selection.Pools)
	r.State, r.Summary = run.State(output(w, "report", "state")), output(w, "report", "summary")
	return r
}

func argument(w *wfv1.Workflow, name string) string {
	if p := w.Spec.Arguments.GetParameterByName(name); p != nil && p.Value != nil {
		return p.Value.String()
	}
	return ""
}

// output returns an output parameter of a step; "" before it ended.
func output(w *wfv1.Workflow, template, name string) string {
	for _, node := range w.Status.Nodes {
		if node.TemplateName != template || node.Outputs == nil {
			continue
		}
		for _, p := range node.Outputs.Parameters {
			if p.Name == name && p.Value != nil {
				return p.Value.String()
			}
		}
	}
	return ""
}

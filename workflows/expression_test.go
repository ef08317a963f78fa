package workflows_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	argoexpr "github.com/argoproj/argo-workflows/v3/util/expr/argoexpr"
	"github.com/argoproj/argo-workflows/v3/util/expr/env"
	argotemplate "github.com/argoproj/argo-workflows/v3/util/template"
)

// substitute replaces the tags of a text as Argo's controller does.
func substitute(t *testing.T, text string, values map[string]any) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	require.NoError(t, err)
	filled, err := argotemplate.Replace(string(quoted), values, false)
	require.NoError(t, err)
	var plain string
	require.NoError(t, json.Unmarshal([]byte(filled), &plain))
	return plain
}

func TestBadDataAndBadConfigurationAreNotRetried(t *testing.T) {
	t.Parallel()
	eachTemplate(t, func(t *testing.T, _ wfv1.WorkflowSpec, one wfv1.Template) {
		if one.Container == nil || one.Name == "report" {
			return
		}
		for code, want := range map[int]bool{-1: true, 1: true, 2: true, 64: true, 137: true, 65: false, 78: false} {
			got, err := argoexpr.EvalBool(one.RetryStrategy.Expression,
				env.GetFuncMap(map[string]any{"lastRetry.exitCode": strconv.Itoa(code)}))
			require.NoError(t, err)
			require.Equal(t, want, got, code)
		}
	})
}

func TestLaunchGivesUpOnAFailedGeneration(t *testing.T) {
	t.Parallel()
	expression := poolTemplate(t, "launch").RetryStrategy.Expression
	for message, want := range map[string]bool{
		"pod deleted": true,
		"":            true,
		"main: Error (exit code 64): failure condition '{status.phase in [Error Failed]}' evaluated true": false,
	} {
		got, err := argoexpr.EvalBool(expression, env.GetFuncMap(map[string]any{"lastRetry.message": message}))
		require.NoError(t, err)
		require.Equal(t, want, got, message)
	}
}

func TestGenerationsAreNamedWithin63Characters(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40)
	seen := map[string]bool{}
	for _, one := range [][3]string{
		{"replicate-period-1796083500", "box", "1"},
		{"replicate-period-1796083500", "box", "2"},
		{"replicate-period-1796083500", long, "1"},
		{"replicate-period-1796083500", long[1:] + "y", "1"},
		{"replicate-period-1796083500", long, "107"},
	} {
		name := launchedWorkflow(t, one[0], one[1], one[2]).Name
		require.LessOrEqual(t, len(name), 63)
		require.False(t, seen[name], name)
		seen[name] = true
	}
	require.Contains(t, seen, "replicate-period-1796083500-box-2")
}

// launchedWorkflow is the Workflow that a generation is started as.
func launchedWorkflow(t *testing.T, run, pool, generation string) wfv1.Workflow {
	t.Helper()
	manifest := substitute(t, poolTemplate(t, "launch").Resource.Manifest, map[string]any{
		"inputs.parameters.run": run, "inputs.parameters.pool": pool,
		"inputs.parameters.period": "2026-12", "inputs.parameters.generation": generation,
	})
	var workflow wfv1.Workflow
	require.NoError(t, yaml.UnmarshalStrict([]byte(manifest), &workflow), manifest)
	return workflow
}

func TestGenerationsPassOnWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	workflow := launchedWorkflow(t, "replicate-period-1796083500", "box", "2")
	require.Equal(t, "pace-pool", workflow.Spec.WorkflowTemplateRef.Name)
	arguments := workflow.Spec.Arguments
	require.Equal(t, "2", arguments.GetParameterByName("generation").Value.String())
	require.Equal(t, "box", workflow.Labels["metronome/pool"])
}

func TestBeatsAreCounted(t *testing.T) {
	t.Parallel()
	beat := poolTemplate(t, "beat").DAG
	again := task(t, beat, "again")
	next := substitute(t, again.Arguments.GetParameterByName("beat").Value.String(),
		map[string]any{"inputs.parameters.beat": "11"})
	require.Equal(t, "12", next)
	for _, one := range []struct {
		beat, done      string
		again, handOver bool
	}{
		{beat: "1", done: "false", again: true},
		{beat: "11", done: "false", again: true},
		{beat: "12", done: "false", handOver: true},
		{beat: "9", done: "true"},
		{beat: "12", done: "true"},
	} {
		values := map[string]any{"inputs.parameters.beat": one.beat, "tasks.pulse.outputs.parameters.done": one.done}
		require.Equal(t, one.again, evaluateWhen(t, task(t, beat, "again").When, values), one)
		require.Equal(t, one.handOver, evaluateWhen(t, task(t, beat, "hand-over").When, values), one)
	}
}

func task(t *testing.T, dag *wfv1.DAGTemplate, name string) wfv1.DAGTask {
	t.Helper()
	for _, one := range dag.Tasks {
		if one.Name == name {
			return one
		}
	}
	require.Fail(t, "no such task", name)
	return wfv1.DAGTask{}
}

// evaluateWhen evaluates a `when`.
func evaluateWhen(t *testing.T, when string, values map[string]any) bool {
	t.Helper()
	result, err := expr.Eval(substitute(t, when, values), nil)
	require.NoError(t, err)
	return result.(bool)
}

func TestTheListOfWorkflowsNamesThePeriod(t *testing.T) {
	t.Parallel()
	metadata := load[wfv1.WorkflowTemplate](t, "replicate-period.yaml").Spec.WorkflowMetadata
	for _, one := range []struct{ period, timezone, due, scheduled, label, title string }{
		{period: "2026-12", due: "2027-03-01T00:05:00Z", label: "2026-12", title: "Replicate 2026-12"},
		{due: "2026-12-01T00:05:00Z", label: "2026-12", title: "Replicate 2026-12"},
		{due: "2027-01-05T09:00:00Z", scheduled: "2026-12-01T00:05:00Z", label: "2026-12", title: "Replicate 2026-12"},
		{due: "2026-11-30T23:05:00Z", timezone: "Europe/Berlin", label: "2026-12", title: "Replicate 2026-12"},
		{period: "next month!", due: "2026-12-01T00:05:00Z", label: "invalid", title: "Replicate next month!"},
	} {
		values := map[string]any{
			"workflow.name": "r", "workflow.parameters.period": one.period, "workflow.parameters.timezone": zone(one.timezone),
			"workflow.parameters.pools": "", "workflow.parameters.entities": "",
			"workflow.creationTimestamp": one.due, "workflow.creationTimestamp.RFC3339": one.due,
		}
		if one.scheduled != "" {
			values["workflow.scheduledTime"] = one.scheduled
		}
		environment := env.GetFuncMap(values)
		program, err := expr.Compile(metadata.LabelsFrom["metronome/period"].Expression, expr.Env(environment))
		require.NoError(t, err)
		label, err := expr.Run(program, environment)
		require.NoError(t, err)
		require.Equal(t, one.label, label)
		require.Equal(t, one.title, substitute(t, metadata.Annotations["workflows.argoproj.io/title"], values))
	}
}

func zone(name string) string {
	if name == "" {
		return "Etc/UTC"
	}
	return name
}

func TestEventsSubmitWhatTheyName(t *testing.T) {
	t.Parallel()
	binding := load[wfv1.WorkflowEventBinding](t, "event.yaml")
	for payload, want := range map[string]string{
		`{"period": "2026-12", "entities": ["a", "b"], "pools": ["box"]}`: `period="2026-12" entities=["a","b"] pools=["box"]`,
		`{"period": "2026-12"}`: `period="2026-12" entities="" pools=""`,
		`{}`:                    `period="" entities="" pools=""`,
		`null`:                  `period="" entities="" pools=""`,
	} {
		var value any
		require.NoError(t, json.Unmarshal([]byte(payload), &value))
		environment := map[string]any{"discriminator": "replicate-period", "namespace": "n", "metadata": map[string]any{}, "payload": value}
		matched, err := argoexpr.EvalBool(binding.Spec.Event.Selector, environment)
		require.NoError(t, err)
		require.True(t, matched)
		require.Equal(t, want, submittedArguments(t, binding, environment))
	}
}

func submittedArguments(t *testing.T, binding wfv1.WorkflowEventBinding, environment map[string]any) string {
	t.Helper()
	var list []string
	for _, p := range binding.Spec.Submit.Arguments.Parameters {
		program, err := expr.Compile(p.ValueFrom.Event, expr.Env(environment))
		require.NoError(t, err)
		result, err := expr.Run(program, environment)
		require.NoError(t, err)
		text, err := json.Marshal(result)
		require.NoError(t, err)
		list = append(list, p.Name+"="+string(text))
	}
	return strings.Join(list, " ")
}

func TestMetricsReadTheBeat(t *testing.T) {
	t.Parallel()
	pulse := poolTemplate(t, "pulse")
	values := map[string]any{
		"outputs.parameters.metrics": `{"requests": 12, "throttled": 0, "finished": 3, "rate": 15.5, "workers": 2, "secondsBehind": -86400}`,
	}
	got := map[string]string{}
	for _, metric := range pulse.Metrics.Prometheus {
		got[metric.Name] = substitute(t, metric.GetValueString(), values)
	}
	require.Equal(t, map[string]string{
		"metronome_requests_total": "12", "metronome_throttled_total": "0", "metronome_entities_finished_total": "3",
		"metronome_requests_per_second": "15.5", "metronome_workers": "2", "metronome_seconds_behind": "-86400",
	}, got)
}

package workflows_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"

	"metronome/workflows"
)

// manifestNames lists the manifests.
func manifestNames(t *testing.T) []string {
	t.Helper()
	list, err := fs.Glob(workflows.Files, "*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fs.ReadFile(workflows.Files, name)
	require.NoError(t, err)
	return data
}

// load reads a manifest, refusing fields that Argo does not know.
func load[T any](t *testing.T, name string) T {
	t.Helper()
	var object T
	require.NoError(t, yaml.UnmarshalStrict(read(t, name), &object), name)
	return object
}

// templateFiles are the manifests of the WorkflowTemplates, by name of the template.
var templateFiles = map[string]string{
	"replicate-period": "replicate-period.yaml",
	"pace-pool":        "pace-pool.yaml",
	"replicate-batch":  "replicate-batch.yaml",
}

// poolTemplate returns a template of pace-pool.
func poolTemplate(t *testing.T, name string) *wfv1.Template {
	t.Helper()
	loaded := load[wfv1.WorkflowTemplate](t, "pace-pool.yaml")
	found := loaded.GetTemplateByName(name)
	require.NotNil(t, found, name)
	return found
}

// eachTemplate calls check for every template of every WorkflowTemplate.
func eachTemplate(t *testing.T, check func(t *testing.T, spec wfv1.WorkflowSpec, template wfv1.Template)) {
	t.Helper()
	for workflow, file := range templateFiles {
		loaded := load[wfv1.WorkflowTemplate](t, file)
		for _, one := range loaded.Spec.Templates {
			t.Run(workflow+"/"+one.Name, func(t *testing.T) {
				t.Parallel()
				check(t, loaded.Spec, one)
			})
		}
	}
}

package workflows_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
)

// Version 4 of Argo removes these; their plurals stay.
var singular = map[string]bool{"mutex": true, "semaphore": true, "schedule": true}

func TestNothingIsSingular(t *testing.T) {
	t.Parallel()
	for _, name := range manifestNames(t) {
		var object any
		require.NoError(t, yaml.Unmarshal(read(t, name), &object))
		walk(object, func(key string, _ any) { require.False(t, singular[key], "%s: %s", name, key) })
	}
}

// walk visits every key of a document.
func walk(node any, visit func(key string, value any)) {
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			visit(key, value)
			walk(value, visit)
		}
	case []any:
		for _, value := range node {
			walk(value, visit)
		}
	}
}

var pinned = regexp.MustCompile(`^metronome-[a-z]+:[0-9]+\.[0-9]+\.[0-9]+$`)

func TestImagesArePinned(t *testing.T) {
	t.Parallel()
	for _, name := range manifestNames(t) {
		var object any
		require.NoError(t, yaml.Unmarshal(read(t, name), &object))
		walk(object, func(key string, value any) {
			if key == "image" {
				require.Regexp(t, pinned, value, name)
			}
		})
	}
}

func TestContainersAreLockedDown(t *testing.T) {
	t.Parallel()
	eachTemplate(t, func(t *testing.T, spec wfv1.WorkflowSpec, one wfv1.Template) {
		require.True(t, *spec.SecurityContext.RunAsNonRoot)
		require.EqualValues(t, "RuntimeDefault", spec.SecurityContext.SeccompProfile.Type)
		c := one.Container
		if c == nil {
			return
		}
		require.False(t, *c.SecurityContext.AllowPrivilegeEscalation)
		require.True(t, *c.SecurityContext.ReadOnlyRootFilesystem)
		require.Equal(t, []string{"ALL"}, toStrings(c.SecurityContext.Capabilities.Drop))
		require.Len(t, c.Resources.Requests, 2)
		require.Len(t, c.Resources.Limits, 2)
		require.NotEmpty(t, c.Command, "without a command Argo asks a registry for the entry point")
		require.Contains(t, one.PodSpecPatch, "name: wait")
	})
}

func toStrings[T ~string](list []T) []string {
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = string(one)
	}
	return texts
}

// Argo's executor has a token of its own; only the pulse speaks to Kubernetes by itself.
func TestOnlyThePulseHasAToken(t *testing.T) {
	t.Parallel()
	eachTemplate(t, func(t *testing.T, spec wfv1.WorkflowSpec, one wfv1.Template) {
		require.False(t, *spec.AutomountServiceAccountToken)
		require.Equal(t, "metronome-executor", spec.Executor.ServiceAccountName)
		has := one.AutomountServiceAccountToken != nil && *one.AutomountServiceAccountToken
		require.Equal(t, one.Name == "pulse", has)
		require.Equal(t, one.Name == "pulse", one.ServiceAccountName != "")
	})
}

// A skipped or failed step must not take down what reads its outputs.
func TestOutputsHaveDefaults(t *testing.T) {
	t.Parallel()
	eachTemplate(t, func(t *testing.T, _ wfv1.WorkflowSpec, one wfv1.Template) {
		for _, output := range one.Outputs.Parameters {
			require.NotNil(t, output.ValueFrom.Default, output.Name)
		}
	})
}

// Under a templateRef, workflow.parameters are those of the Workflow that refers to the template.
func TestTemplatesReadOnlyTheirInputs(t *testing.T) {
	t.Parallel()
	eachTemplate(t, func(t *testing.T, _ wfv1.WorkflowSpec, one wfv1.Template) {
		text, err := yaml.Marshal(one)
		require.NoError(t, err)
		require.NotContains(t, string(text), "workflow.parameters")
	})
}

func TestOnlyUploadHoldsASemaphore(t *testing.T) {
	t.Parallel()
	eachTemplate(t, func(t *testing.T, spec wfv1.WorkflowSpec, one wfv1.Template) {
		require.Nil(t, spec.Synchronization)
		if one.Name != "upload" {
			require.Nil(t, one.Synchronization)
			return
		}
		require.Len(t, one.Synchronization.Semaphores, 1)
		require.Equal(t, "{{inputs.parameters.pool}}", one.Synchronization.Semaphores[0].ConfigMapKeyRef.Key)
		require.Nil(t, one.RetryStrategy.Backoff, "a back-off holds the semaphore")
	})
}

func TestOnlyUploadMountsSecrets(t *testing.T) {
	t.Parallel()
	eachTemplate(t, func(t *testing.T, _ wfv1.WorkflowSpec, one wfv1.Template) {
		for _, volume := range one.Volumes {
			if volume.Secret != nil {
				require.Equal(t, "upload", one.Name)
				require.True(t, strings.HasSuffix(volume.Secret.SecretName, "-{{inputs.parameters.pool}}"))
			}
		}
	})
}

func TestEverythingEndsAndIsCleanedUp(t *testing.T) {
	t.Parallel()
	for _, file := range templateFiles {
		spec := load[wfv1.WorkflowTemplate](t, file).Spec
		require.NotNil(t, spec.ActiveDeadlineSeconds, file)
		require.NotNil(t, spec.TTLStrategy.SecondsAfterSuccess, file)
		require.NotNil(t, spec.TTLStrategy.SecondsAfterFailure, file)
		require.NotNil(t, spec.PodGC, file)
	}
}

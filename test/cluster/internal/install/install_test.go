package install

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/test/cluster/internal/kubeapi"
	"metronome/test/cluster/internal/layout"
)

func TestTune(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, manifest string
		check          func(t *testing.T, o kubeapi.Object)
	}{
		{
			name: "controller",
			manifest: `
kind: Deployment
metadata: {name: workflow-controller}
spec: {template: {spec: {containers: [{image: "quay.io/argoproj/workflow-controller:latest", args: [], env: [{name: A}]}]}}}`,
			check: func(t *testing.T, o kubeapi.Object) {
				container := containerOf(t, o)
				require.Equal(t, "quay.io/argoproj/workflow-controller:v3.7.18", container["image"])
				require.Contains(t, container["args"], "--executor-image=quay.io/argoproj/argoexec:v3.7.18")
				require.Contains(t, container["env"], map[string]any{"name": "A"})
				require.Contains(t, container["env"], map[string]any{"name": "LEADER_ELECTION_DISABLE", "value": "true"})
			},
		},
		{
			name: "server",
			manifest: `
kind: Deployment
metadata: {name: argo-server}
spec: {template: {spec: {containers: [{image: "quay.io/argoproj/argocli:latest", args: [server]}]}}}`,
			check: func(t *testing.T, o kubeapi.Object) {
				container := containerOf(t, o)
				require.Equal(t, "quay.io/argoproj/argocli:v3.7.18", container["image"])
				require.Contains(t, container["args"], "--secure=false")
				require.Contains(t, container, "readinessProbe")
			},
		},
		{
			name:     "service",
			manifest: `{kind: Service, metadata: {name: argo-server}, spec: {ports: [{port: 2746}]}}`,
			check: func(t *testing.T, o kubeapi.Object) {
				require.Equal(t, "NodePort", o["spec"].(map[string]any)["type"])
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			objects, err := kubeapi.Parse([]byte(test.manifest))
			require.NoError(t, err)
			require.NoError(t, tune(objects[0]))
			test.check(t, objects[0])
		})
	}
}

func TestTuneRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	err := tune(kubeapi.Object{"kind": "Deployment", "metadata": map[string]any{"name": "a"}, "spec": map[string]any{}})
	require.EqualError(t, err, "tune a: find container: there are 0")
}

func TestEmbeddedManifestsHavePaths(t *testing.T) {
	t.Parallel()
	manifests, err := Manifests()
	require.NoError(t, err)
	for name, objects := range manifests {
		require.NotEmpty(t, objects, name)
		for _, o := range append(objects, fixed("a", "b", "", layout.Of("/"), port{"web", "TCP", 1})...) {
			_, err := kubeapi.Path(o)
			require.NoError(t, err, name)
		}
	}
}

func TestWaitTellsTheLastAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	err := Wait(ctx, "nothing", func(ctx context.Context) (bool, error) {
		if asked++; asked == 1 {
			return false, errors.New("not yet")
		}
		cancel()
		return false, ctx.Err()
	})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "wait for nothing")
	require.ErrorContains(t, err, "not yet")
}

func containerOf(t *testing.T, o kubeapi.Object) map[string]any {
	t.Helper()
	container, err := onlyContainer(o["spec"].(map[string]any))
	require.NoError(t, err)
	return container
}

package kubeapi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/test/cluster/internal/kubeapi"
)

func TestPath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, manifest, path, err string
	}{
		{
			name:     "core",
			manifest: `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}}`,
			path:     "/api/v1/namespaces/b/configmaps/a",
		},
		{
			name:     "cluster-wide",
			manifest: `{apiVersion: v1, kind: Namespace, metadata: {name: a}}`,
			path:     "/api/v1/namespaces/a",
		},
		{
			name:     "group",
			manifest: `{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a, namespace: b}}`,
			path:     "/apis/argoproj.io/v1alpha1/namespaces/b/workflows/a",
		},
		{
			name:     "irregular plural",
			manifest: `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}}`,
			path:     "/apis/scheduling.k8s.io/v1/priorityclasses/a",
		},
		{
			name:     "no namespace",
			manifest: `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}`,
			err:      "locate ConfigMap a: namespace missing",
		},
		{
			name:     "no name",
			manifest: `{apiVersion: v1, kind: ConfigMap}`,
			err:      "apiVersion, kind or name missing",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			objects, err := kubeapi.Parse([]byte(test.manifest))
			require.NoError(t, err)
			path, err := kubeapi.Path(objects[0])
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.path, path)
		})
	}
}

func TestParseSkipsEmptyDocuments(t *testing.T) {
	t.Parallel()
	objects, err := kubeapi.Parse([]byte("# only a comment\n---\nkind: A\n---\n---\nkind: B\n"))
	require.NoError(t, err)
	require.Equal(t, []kubeapi.Object{{"kind": "A"}, {"kind": "B"}}, objects)
}

func TestInNamespace(t *testing.T) {
	t.Parallel()
	objects, err := kubeapi.Parse([]byte(`
kind: ClusterRoleBinding
metadata: {name: a}
subjects: [{kind: ServiceAccount, name: b}, {kind: ServiceAccount, name: c, namespace: elsewhere}]
---
kind: Role
metadata: {name: a}
`))
	require.NoError(t, err)
	binding, role := objects[0].In("argo"), objects[1].In("argo")
	require.NotContains(t, binding["metadata"], "namespace")
	require.Equal(t, []any{
		map[string]any{"kind": "ServiceAccount", "name": "b", "namespace": "argo"},
		map[string]any{"kind": "ServiceAccount", "name": "c", "namespace": "elsewhere"},
	}, binding["subjects"])
	require.Equal(t, map[string]any{"name": "a", "namespace": "argo"}, role["metadata"])
}

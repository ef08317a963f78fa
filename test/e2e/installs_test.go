//go:build e2e

package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/action"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/clientcmd"
)

// That two installations do not meet, every other test shows: they all have their own, at once.
func TestUninstallLeavesNothing(t *testing.T) {
	t.Parallel()
	// Given a namespace as it was before the installation
	p := plan{pools: tiny}
	s := newStorage(t, p)
	before := s.inventory()
	// When the chart is installed and uninstalled
	s.install(p)
	require.Greater(t, len(s.inventory()), len(before))
	_, err := action.NewUninstall(s.helm()).Run(release)
	require.NoError(t, err)
	// Then the namespace is as it was
	require.Equal(t, before, s.inventory())
}

// inventory names every object of the namespace but those that Kubernetes makes by itself for what there is.
func (s *site) inventory() []string {
	s.t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", s.kubeconfig)
	require.NoError(s.t, err)
	client, err := metadata.NewForConfig(config)
	require.NoError(s.t, err)
	lists, err := discovery.ServerPreferredNamespacedResources(s.kube.Discovery())
	require.NoError(s.t, err)
	found := map[string]bool{}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(s.t, err)
		for _, kind := range list.APIResources {
			if !slices.Contains(kind.Verbs, "list") || strings.HasPrefix(kind.Name, "endpoint") || kind.Name == "events" {
				continue
			}
			objects, err := client.Resource(version.WithResource(kind.Name)).Namespace(s.namespace).List(s.t.Context(), metav1.ListOptions{})
			require.NoError(s.t, err, kind.Name)
			for _, object := range objects.Items {
				found[kind.Name+"/"+object.Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

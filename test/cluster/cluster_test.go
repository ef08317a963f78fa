package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	kindconfig "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	"sigs.k8s.io/yaml"

	"metronome/test/cluster/internal/build"
	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/install"
	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/pki"
)

func TestKindConfiguration(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("kind.yaml")
	require.NoError(t, err)
	var cluster kindconfig.Cluster
	require.NoError(t, yaml.UnmarshalStrict(text, &cluster))
	require.Equal(t, kindName, cluster.Name)
	mapping := cluster.Nodes[0].ExtraPortMappings[0]
	require.EqualValues(t, install.ArgoNodePort, mapping.ContainerPort)
	require.EqualValues(t, layout.ArgoServerPort, mapping.HostPort)
}

func TestClientOfOwnKubeconfig(t *testing.T) {
	t.Parallel()
	l := layout.Of(t.TempDir())
	require.NoError(t, pki.Write(l, time.Now()))
	require.NoError(t, os.MkdirAll(l.Config(), 0o755))
	require.NoError(t, writeKubeconfigs(l))
	_, err := clientFrom(l.Kubeconfig())
	require.NoError(t, err)
	for name := range pki.Users() {
		if name != "admin" {
			require.FileExists(t, l.Config(name+".kubeconfig"))
		}
	}
}

func TestFingerprintFollowsTheSetUp(t *testing.T) {
	t.Parallel()
	sum := func(repo, bin string) string {
		digest, err := fingerprint(layout.Of(repo), bin)
		require.NoError(t, err)
		return digest
	}
	require.Equal(t, sum("/a", "/bin"), sum("/a", "/bin"))
	require.NotEqual(t, sum("/a", "/bin"), sum("/b", "/bin"))
	require.NotEqual(t, sum("/a", "/bin"), sum("/a", "/other"))
}

func TestClientOfRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, err string }{
		"not YAML":     {"{", "parse kubeconfig"},
		"no cluster":   {"users: [{}]", "0 clusters and 1 users"},
		"not base64":   {"{clusters: [{cluster: {certificate-authority-data: '!'}}], users: [{}]}", "decode kubeconfig"},
		"certificates": {"{clusters: [{}], users: [{}]}", "parse client certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := clientOf([]byte(test.text))
			require.ErrorContains(t, err, test.err)
		})
	}
}

func TestVersionsAreThoseOfGoMod(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(".", "go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(text), "github.com/argoproj/argo-workflows/v3 "+config.ArgoVersion)
	require.Contains(t, string(text), "k8s.io/kubernetes "+build.Kubernetes+"\n")
}

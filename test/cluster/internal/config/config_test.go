package config_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/supervise"
)

func TestFilesParse(t *testing.T) {
	t.Parallel()
	l := layout.Of("/repo")
	files, err := config.Files(l)
	require.NoError(t, err)
	require.Len(t, files, 7)
	for path, content := range files {
		require.NotContains(t, string(content), "<no value>", path)
		var parsed map[string]any
		switch filepath.Ext(path) {
		case ".yaml":
			require.NoError(t, yaml.UnmarshalStrict(content, &parsed), path)
			require.NotEmpty(t, parsed["kind"], path)
		case ".conflist":
			require.NoError(t, json.Unmarshal(content, &parsed), path)
		}
	}
	require.Equal(t, "nameserver "+l.Node.String()+"\n", string(files[l.Config("resolv.conf")]))
	require.Contains(t, string(files[l.Config("containerd.toml")]), `sandbox_image = "cluster.local/pause:1"`)
	require.Contains(t, string(files[l.Config("kubelet.yaml")]), "clusterDNS: [10.96.0.10]")
}

func TestComponents(t *testing.T) {
	t.Parallel()
	l := layout.Of("/repo")
	seen := map[string]bool{}
	for _, c := range config.Components(l, "/bin") {
		require.False(t, seen[c.Name], "%s twice", c.Name)
		seen[c.Name] = true
		for _, arg := range c.Args[1:] {
			require.NotContains(t, arg, "//repo")
			require.False(t, strings.HasPrefix(arg, "--") && strings.Contains(arg, " "), "%s: %q is two arguments", c.Name, arg)
		}
	}
	for _, name := range []string{
		"etcd", "containerd", "apiserver", "gate", "controller-manager", "scheduler", "kubelet", "proxy", "dns",
		"argo-controller", "argo-server",
	} {
		require.True(t, seen[name], name)
	}
}

func TestArgoWaitsForItsKinds(t *testing.T) {
	t.Parallel()
	l := layout.Of("/repo")
	components := config.Components(l, "/bin")
	for _, name := range []string{"argo-controller", "argo-server", "dns"} {
		i := slices.IndexFunc(components, func(c supervise.Component) bool { return c.Name == name })
		require.Equal(t, config.Installed(l), components[i].After, name)
	}
}

func TestKubeconfig(t *testing.T) {
	t.Parallel()
	content := config.Kubeconfig("https://198.18.0.2:6443", "admin", "default", []byte("ca"), []byte("cert"), []byte("key"))
	var parsed struct {
		CurrentContext string `json:"current-context"`
		Clusters       []struct {
			Cluster map[string]string
		}
		Users []struct {
			Name string
			User map[string]string
		}
	}
	require.NoError(t, yaml.Unmarshal(content, &parsed))
	require.Equal(t, "admin", parsed.CurrentContext)
	require.Equal(t, "https://198.18.0.2:6443", parsed.Clusters[0].Cluster["server"])
	require.Equal(t, "Y2E=", parsed.Clusters[0].Cluster["certificate-authority-data"])
	require.Equal(t, "a2V5", parsed.Users[0].User["client-key-data"])
}

package charts_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/yaml"
)

const folder = "metronome"

// object is a rendered Kubernetes object.
type object map[string]any

func (o object) kind() string { return o["kind"].(string) }

func (o object) metadata() map[string]any { return o["metadata"].(map[string]any) }

func (o object) name() string { return o.metadata()["name"].(string) }

func (o object) id() string { return o.kind() + "/" + o.name() }

// into converts an object, refusing fields that the type does not know.
func into[T any](t *testing.T, o object) T {
	t.Helper()
	text, err := yaml.Marshal(o)
	require.NoError(t, err)
	var converted T
	require.NoError(t, yaml.UnmarshalStrict(text, &converted), o.id())
	return converted
}

func loadChart(t *testing.T) *chart.Chart {
	t.Helper()
	loaded, err := loader.Load(folder)
	require.NoError(t, err)
	return loaded
}

// setups are the ci values files, without their suffix.
func setups(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "ci", "*-values.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), "-values.yaml")
	}
	return files
}

func valuesOf(t *testing.T, setup string) chartutil.Values {
	t.Helper()
	values, err := chartutil.ReadValuesFile(filepath.Join(folder, "ci", setup+"-values.yaml"))
	require.NoError(t, err)
	return values
}

// render installs the chart in a namespace, as `helm template` does.
func render(t *testing.T, values chartutil.Values, namespace string) map[string]object {
	t.Helper()
	objects, err := tryRender(t, values, namespace)
	require.NoError(t, err)
	return objects
}

func tryRender(t *testing.T, values chartutil.Values, namespace string) (map[string]object, error) {
	t.Helper()
	loaded := loadChart(t)
	release := chartutil.ReleaseOptions{Name: "metronome", Namespace: namespace, IsInstall: true}
	context, err := chartutil.ToRenderValues(loaded, values, release, nil)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(loaded, context)
	if err != nil {
		return nil, err
	}
	objects := map[string]object{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		for _, text := range strings.Split("\n"+files[name], "\n---\n") {
			var one object
			require.NoError(t, yaml.UnmarshalStrict([]byte(text), &one), text)
			if one == nil {
				continue
			}
			require.NotContains(t, objects, one.id())
			objects[one.id()] = one
		}
	}
	return objects, nil
}

// each renders every setup.
func each(t *testing.T, check func(t *testing.T, objects map[string]object)) {
	t.Helper()
	for _, setup := range setups(t) {
		t.Run(setup, func(t *testing.T) {
			t.Parallel()
			check(t, render(t, valuesOf(t, setup), "metronome"))
		})
	}
}

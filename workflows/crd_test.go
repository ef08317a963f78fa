package workflows_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The validator of `argo lint` does not know what the API server checks: fields that the resource definitions require.
func TestKubernetesAcceptsTheManifests(t *testing.T) {
	t.Parallel()
	folder := crdFolder(t)
	for _, name := range manifestNames(t) {
		var object map[string]any
		require.NoError(t, yaml.Unmarshal(read(t, name), &object))
		kind := strings.ToLower(object["kind"].(string))
		if kind == "configmap" {
			continue
		}
		schema := compileStrictSchema(t, filepath.Join(folder, "argoproj.io_"+kind+"s.yaml"))
		text, err := yaml.YAMLToJSON(read(t, name))
		require.NoError(t, err)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(document), name)
	}
}

// crdFolder is the folder of Argo's resource definitions, those with schemas, of the version in go.mod.
func crdFolder(t *testing.T) string {
	t.Helper()
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}",
		"github.com/argoproj/argo-workflows/v3").Output()
	require.NoError(t, err)
	return filepath.Join(strings.TrimSpace(string(module)), "manifests", "base", "crds", "full")
}

// compileStrictSchema reads the schema of a resource definition; fields that it does not name are an error.
func compileStrictSchema(t *testing.T, path string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema map[string]any `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	require.NoError(t, yaml.Unmarshal(text, &definition))
	schema := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
	forbidUnknownFields(schema)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource(path, any(schema)))
	compiled, err := compiler.Compile(path)
	require.NoError(t, err)
	return compiled
}

// forbidUnknownFields closes every object of a schema, unless the schema says otherwise.
func forbidUnknownFields(node any) {
	switch node := node.(type) {
	case map[string]any:
		_, open := node["additionalProperties"]
		_, preserved := node["x-kubernetes-preserve-unknown-fields"]
		if _, named := node["properties"].(map[string]any); named && !open && !preserved && node["type"] == "object" {
			node["additionalProperties"] = false
		}
		for _, value := range node {
			forbidUnknownFields(value)
		}
	case []any:
		for _, value := range node {
			forbidUnknownFields(value)
		}
	}
}

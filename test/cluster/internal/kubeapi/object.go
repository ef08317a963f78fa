package kubeapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// clusterScoped are the kinds without a namespace, of those that are applied here.
var clusterScoped = map[string]bool{
	"ClusterRole": true, "ClusterRoleBinding": true, "CustomResourceDefinition": true,
	"Namespace": true, "PriorityClass": true,
}

// plurals are the irregular ones, of the kinds that are applied here.
var plurals = map[string]string{"PriorityClass": "priorityclasses", "Endpoints": "endpoints"}

// Path is where the API server has the object.
func Path(o Object) (string, error) {
	version, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	meta, _ := o["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if version == "" || kind == "" || name == "" {
		return "", fmt.Errorf("locate object %v: apiVersion, kind or name missing", o)
	}
	path := "/apis/" + version
	if !strings.Contains(version, "/") {
		path = "/api/" + version
	}
	if !clusterScoped[kind] {
		namespace, _ := meta["namespace"].(string)
		if namespace == "" {
			return "", fmt.Errorf("locate %s %s: namespace missing", kind, name)
		}
		path += "/namespaces/" + namespace
	}
	return path + "/" + plural(kind) + "/" + name, nil
}

func plural(kind string) string {
	if irregular, ok := plurals[kind]; ok {
		return irregular
	}
	return strings.ToLower(kind) + "s"
}

// Parse reads the objects of a YAML text with one or more documents.
func Parse(text []byte) ([]Object, error) {
	var all []Object
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var o Object
		err := decoder.Decode(&o)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("parse manifest: %w", err)
		}
		if len(o) > 0 {
			all = append(all, o)
		}
	}
}

// In puts the object, and the service accounts that it names, into a namespace, as kustomize does. What is
// cluster-wide or has a namespace stays as it is.
func (o Object) In(namespace string) Object {
	kind, _ := o["kind"].(string)
	if meta, ok := o["metadata"].(map[string]any); ok && !clusterScoped[kind] && meta["namespace"] == nil {
		meta["namespace"] = namespace
	}
	subjects, _ := o["subjects"].([]any)
	for _, subject := range subjects {
		if s, ok := subject.(map[string]any); ok && s["namespace"] == nil {
			s["namespace"] = namespace
		}
	}
	return o
}

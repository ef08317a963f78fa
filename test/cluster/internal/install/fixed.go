package install

import (
	"metronome/test/cluster/internal/kubeapi"
	"metronome/test/cluster/internal/layout"
)

// port of a program on the node.
type port struct {
	name, protocol string
	number         int
}

// fixed describes a Service whose only endpoint is a program on the node, outside any pod. An empty address lets the
// API server choose one.
func fixed(namespace, name, address string, l layout.Layout, ports ...port) []kubeapi.Object {
	var servicePorts, endpointPorts []any
	for _, p := range ports {
		named := map[string]any{"name": p.name, "protocol": p.protocol, "port": p.number}
		servicePorts = append(servicePorts, named)
		endpointPorts = append(endpointPorts, named)
	}
	spec := map[string]any{"ports": servicePorts}
	if address != "" {
		spec["clusterIP"] = address
	}
	return []kubeapi.Object{
		{
			"apiVersion": "v1", "kind": "Service",
			"metadata": map[string]any{"namespace": namespace, "name": name},
			"spec":     spec,
		},
		{
			"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
			"metadata": map[string]any{
				"namespace": namespace, "name": name,
				"labels": map[string]any{"kubernetes.io/service-name": name},
			},
			"addressType": "IPv4",
			"ports":       endpointPorts,
			"endpoints":   []any{map[string]any{"addresses": []any{l.Node.String()}}},
		},
	}
}

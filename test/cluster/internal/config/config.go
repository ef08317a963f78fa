// Package config renders what the cluster's components read: configuration files, kubeconfigs, command lines.
// It is pure: a layout goes in, bytes and lists come out.
package config

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"text/template"

	"metronome/test/cluster/internal/layout"
)

// PauseImage holds a pod's namespaces open. The name says that no registry has it.
const PauseImage = "cluster.local/pause:1"

//go:embed files
var files embed.FS

// targets are the rendered files by their template.
var targets = map[string][]string{
	"kubelet.yaml":    {"kubelet.yaml"},
	"proxy.yaml":      {"proxy.yaml"},
	"scheduler.yaml":  {"scheduler.yaml"},
	"containerd.toml": {"containerd.toml"},
	"pods.conflist":   {"cni", "pods.conflist"},
	"Corefile":        {"Corefile"},
	"resolv.conf":     {"resolv.conf"},
}

// values is what a template may use besides the layout's own fields and methods.
type values struct {
	layout.Layout
	PauseImage, DNSIP, PodCIDR, NodeName, Domain string
	DNSReadyPort                                 int
}

// Files returns every configuration file, by path.
func Files(l layout.Layout) (map[string][]byte, error) {
	v := values{
		Layout: l, PauseImage: PauseImage,
		DNSIP: layout.DNSIP, DNSReadyPort: layout.DNSReadyPort, PodCIDR: layout.PodCIDR, NodeName: layout.NodeName, Domain: layout.Domain,
	}
	all, err := template.ParseFS(files, "files/*")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	rendered := map[string][]byte{}
	for name, target := range targets {
		var out bytes.Buffer
		if err := all.ExecuteTemplate(&out, name, v); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		rendered[l.Config(target...)] = out.Bytes()
	}
	return rendered, nil
}

// Kubeconfig renders a client's configuration with its certificates inside, so that it can be copied away.
func Kubeconfig(server, user, namespace string, ca, cert, key []byte) []byte {
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: %[1]s
clusters:
- name: metronome-test
  cluster: {server: %[2]q, certificate-authority-data: %[4]s}
contexts:
- name: %[1]s
  context: {cluster: metronome-test, user: %[1]s, namespace: %[3]s}
users:
- name: %[1]s
  user: {client-certificate-data: %[5]s, client-key-data: %[6]s}
`, user, server, namespace, b64(ca), b64(cert), b64(key))
}

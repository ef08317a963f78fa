// Package install puts what the cluster starts with into its API server: DNS, Argo, and the smoke check's Workflow.
package install

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"metronome/test/cluster/internal/build"
	"metronome/test/cluster/internal/kubeapi"
	"metronome/test/cluster/internal/layout"
)

// ProbeImage is what the smoke check runs.
const ProbeImage = "cluster.local/probe:1"

const poll = 100 * time.Millisecond

//go:embed files
var files embed.FS

// argoManifests are those of Argo's own that apply here: all but the Deployments, whose programs run beside the API
// server, and the Service, whose endpoint is fixed.
var argoManifests = []string{
	"base/workflow-controller/workflow-controller-priorityclass.yaml",
	"base/workflow-controller/workflow-controller-sa.yaml",
	"base/argo-server/argo-server-sa.yaml",
	"cluster-install-no-crds/workflow-controller-rbac/workflow-aggregate-roles.yaml",
	"cluster-install-no-crds/workflow-controller-rbac/workflow-controller-clusterrole.yaml",
	"cluster-install-no-crds/workflow-controller-rbac/workflow-controller-clusterrolebinding.yaml",
	"cluster-install-no-crds/workflow-controller-rbac/workflow-controller-role.yaml",
	"cluster-install-no-crds/workflow-controller-rbac/workflow-controller-rolebinding.yaml",
	"cluster-install-no-crds/argo-server-rbac/argo-server-clusterole.yaml",
	"cluster-install-no-crds/argo-server-rbac/argo-server-clusterolebinding.yaml",
}

// Base applies DNS and Argo and returns once the API server serves Argo's kinds.
func Base(ctx context.Context, c *kubeapi.Client, l layout.Layout) error {
	crds, err := customResources(l)
	if err != nil {
		return err
	}
	argo, err := argoObjects(l)
	if err != nil {
		return err
	}
	dns, err := embedded("dns.yaml")
	if err != nil {
		return err
	}
	objects := slices.Concat(dns,
		fixed("kube-system", "kube-dns", layout.DNSIP, l, port{"dns", "UDP", 53}, port{"dns-tcp", "TCP", 53}),
		crds, argo, fixed("argo", "argo-server", "", l, port{"web", "TCP", layout.ArgoServerPort}))
	if err := applyAll(ctx, c, objects); err != nil {
		return err
	}
	return established(ctx, c, crds)
}

func customResources(l layout.Layout) ([]kubeapi.Object, error) {
	paths, err := filepath.Glob(filepath.Join(build.ArgoSource(l), "manifests/base/crds/minimal/argoproj.io_*.yaml"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("find Argo's resource definitions below %s: none", build.ArgoSource(l))
	}
	return parseAll(paths)
}

func argoObjects(l layout.Layout) ([]kubeapi.Object, error) {
	settings, err := embedded("settings.yaml")
	if err != nil {
		return nil, err
	}
	objects, err := parseArgo(l, argoManifests)
	if err != nil {
		return nil, err
	}
	namespace := kubeapi.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "argo"}}
	return slices.Concat([]kubeapi.Object{namespace}, objects, settings), nil
}

// parseArgo reads manifests by their names below Argo's folder of them.
func parseArgo(l layout.Layout, names []string) ([]kubeapi.Object, error) {
	var paths []string
	for _, name := range names {
		paths = append(paths, filepath.Join(build.ArgoSource(l), "manifests", name))
	}
	return parseAll(paths)
}

func parseAll(paths []string) ([]kubeapi.Object, error) {
	var all []kubeapi.Object
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read manifest: %w", err)
		}
		objects, err := kubeapi.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		for _, o := range objects {
			all = append(all, o.In("argo"))
		}
	}
	return all, nil
}

// Manifests returns the objects that are this package's own, by file.
func Manifests() (map[string][]kubeapi.Object, error) {
	all := map[string][]kubeapi.Object{}
	for _, name := range []string{"dns.yaml", "settings.yaml", "smoke.yaml"} {
		objects, err := embedded(name)
		if err != nil {
			return nil, err
		}
		all[name] = objects
	}
	return all, nil
}

func embedded(name string) ([]kubeapi.Object, error) {
	text, err := files.ReadFile("files/" + name)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	return kubeapi.Parse(text)
}

func established(ctx context.Context, c *kubeapi.Client, crds []kubeapi.Object) error {
	for _, crd := range crds {
		path, err := kubeapi.Path(crd)
		if err != nil {
			return err
		}
		ready := func(ctx context.Context) (bool, error) {
			var status conditions
			err := c.Get(ctx, path, &status)
			return status.have("Established"), err
		}
		if err := Wait(ctx, "definition "+path, ready); err != nil {
			return err
		}
	}
	return nil
}

// applyAll applies namespaces first, because others are inside them, and the rest several at a time.
func applyAll(ctx context.Context, c *kubeapi.Client, objects []kubeapi.Object) error {
	isNamespace := func(o kubeapi.Object) bool { return o["kind"] == "Namespace" }
	for _, o := range objects {
		if !isNamespace(o) {
			continue
		}
		if err := c.Apply(ctx, o); err != nil {
			return err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for _, o := range slices.DeleteFunc(objects, isNamespace) {
		group.Go(func() error { return c.Apply(ctx, o) })
	}
	return group.Wait()
}

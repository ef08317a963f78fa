package install

import (
	"context"
	"fmt"
	"strings"

	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/kubeapi"
	"metronome/test/cluster/internal/layout"
)

// ArgoNodePort is where a cluster that runs Argo Server in a pod has it on its node. kind.yaml maps it.
const ArgoNodePort = 32746

// podManifests are those that run Argo's two programs in pods.
var podManifests = []string{
	"base/workflow-controller/workflow-controller-deployment.yaml",
	"base/argo-server/argo-server-deployment.yaml",
	"base/argo-server/argo-server-service.yaml",
}

// Pods applies Argo with its programs in pods and returns once they are available.
func Pods(ctx context.Context, c *kubeapi.Client, l layout.Layout) error {
	objects, err := podObjects(l)
	if err != nil {
		return err
	}
	if err := applyAll(ctx, c, objects); err != nil {
		return err
	}
	for _, name := range []string{"workflow-controller", "argo-server"} {
		available := func(ctx context.Context) (bool, error) {
			var deployment conditions
			err := c.Get(ctx, "/apis/apps/v1/namespaces/argo/deployments/"+name, &deployment)
			return deployment.have("Available"), err
		}
		if err := Wait(ctx, "deployment "+name, available); err != nil {
			return err
		}
	}
	return nil
}

// podObjects are all of Argo's objects, tuned as they are when its programs run outside pods.
func podObjects(l layout.Layout) ([]kubeapi.Object, error) {
	crds, err := customResources(l)
	if err != nil {
		return nil, err
	}
	argo, err := argoObjects(l)
	if err != nil {
		return nil, err
	}
	pods, err := parseArgo(l, podManifests)
	if err != nil {
		return nil, err
	}
	for _, o := range pods {
		if err := tune(o); err != nil {
			return nil, err
		}
	}
	return append(append(crds, argo...), pods...), nil
}

func tune(o kubeapi.Object) error {
	meta, _ := o["metadata"].(map[string]any)
	spec, _ := o["spec"].(map[string]any)
	if o["kind"] == "Service" {
		spec["type"] = "NodePort"
		spec["ports"] = []any{map[string]any{"name": "web", "port": layout.ArgoServerPort, "nodePort": ArgoNodePort}}
		return nil
	}
	container, err := onlyContainer(spec)
	if err != nil {
		return fmt.Errorf("tune %v: %w", meta["name"], err)
	}
	image, _ := container["image"].(string)
	container["image"] = strings.TrimSuffix(image, ":latest") + ":" + config.ArgoVersion
	if meta["name"] == "argo-server" {
		container["args"] = config.ServerArgs
		container["readinessProbe"] = map[string]any{
			"httpGet": map[string]any{"port": layout.ArgoServerPort, "scheme": "HTTP", "path": "/"},
		}
		return nil
	}
	container["args"] = config.ControllerArgs
	env, _ := container["env"].([]any)
	for _, setting := range config.ControllerEnv {
		name, value, _ := strings.Cut(setting, "=")
		env = append(env, map[string]any{"name": name, "value": value})
	}
	container["env"] = env
	return nil
}

func onlyContainer(spec map[string]any) (map[string]any, error) {
	template, _ := spec["template"].(map[string]any)
	pod, _ := template["spec"].(map[string]any)
	containers, _ := pod["containers"].([]any)
	if len(containers) != 1 {
		return nil, fmt.Errorf("find container: there are %d", len(containers))
	}
	container, ok := containers[0].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("find container: %v is none", containers[0])
	}
	return container, nil
}

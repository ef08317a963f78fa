package install

import (
	"context"
	"fmt"
	"time"

	"metronome/test/cluster/internal/kubeapi"
)

// Smoke runs a Workflow of one step and returns once it has succeeded.
func Smoke(ctx context.Context, c *kubeapi.Client) error {
	objects, err := embedded("smoke.yaml")
	if err != nil {
		return err
	}
	// A name of its own for each check: the pod of an earlier one of the same name may still be there.
	workflow := objects[len(objects)-1]
	workflow["metadata"].(map[string]any)["name"] = fmt.Sprintf("smoke-%d", time.Now().Unix())
	for _, o := range objects {
		if err := c.Apply(ctx, o); err != nil {
			return err
		}
	}
	return succeeded(ctx, c, workflow)
}

func succeeded(ctx context.Context, c *kubeapi.Client, workflow kubeapi.Object) error {
	path, err := kubeapi.Path(workflow)
	if err != nil {
		return err
	}
	var now struct {
		Status struct{ Phase, Message string }
	}
	err = Wait(ctx, "smoke Workflow", func(ctx context.Context) (bool, error) {
		if err := c.Get(ctx, path, &now); err != nil {
			return false, err
		}
		return finished(now.Status.Phase), fmt.Errorf("phase %q %s", now.Status.Phase, now.Status.Message)
	})
	if err != nil {
		return err
	}
	if now.Status.Phase != "Succeeded" {
		return fmt.Errorf("run smoke Workflow: it is %s: %s", now.Status.Phase, now.Status.Message)
	}
	return nil
}

func finished(phase string) bool {
	return phase == "Succeeded" || phase == "Failed" || phase == "Error"
}

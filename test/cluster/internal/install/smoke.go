package install

import (
	"context"
	"errors"
	"fmt"

	"metronome/test/cluster/internal/kubeapi"
)

const smokePath = "/apis/argoproj.io/v1alpha1/namespaces/smoke/workflows/smoke"

// Smoke runs a Workflow of one step and returns once it has succeeded.
func Smoke(ctx context.Context, c *kubeapi.Client) error {
	objects, err := embedded("smoke.yaml")
	if err != nil {
		return err
	}
	if err := removeOld(ctx, c, objects[len(objects)-1]); err != nil {
		return err
	}
	for _, o := range objects {
		if err := c.Apply(ctx, o); err != nil {
			return err
		}
	}
	var workflow struct {
		Status struct{ Phase, Message string }
	}
	err = Wait(ctx, "smoke Workflow", func(ctx context.Context) (bool, error) {
		if err := c.Get(ctx, smokePath, &workflow); err != nil {
			return false, err
		}
		return finished(workflow.Status.Phase), fmt.Errorf("phase %q %s", workflow.Status.Phase, workflow.Status.Message)
	})
	if err != nil {
		return err
	}
	if workflow.Status.Phase != "Succeeded" {
		return fmt.Errorf("run smoke Workflow: it is %s: %s", workflow.Status.Phase, workflow.Status.Message)
	}
	return nil
}

func finished(phase string) bool {
	return phase == "Succeeded" || phase == "Failed" || phase == "Error"
}

// removeOld deletes the Workflow of an earlier check, whose result must not count for this one.
func removeOld(ctx context.Context, c *kubeapi.Client, workflow kubeapi.Object) error {
	if err := c.Delete(ctx, workflow); err != nil {
		return err
	}
	return Wait(ctx, "end of the old smoke Workflow", func(ctx context.Context) (bool, error) {
		err := c.Get(ctx, smokePath, &kubeapi.Object{})
		return errors.Is(err, kubeapi.ErrNotFound), ignore(err, kubeapi.ErrNotFound)
	})
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

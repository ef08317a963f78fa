package install

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"metronome/test/cluster/internal/kubeapi"
	"metronome/test/cluster/internal/layout"
)

// conditions is the part of an object's status that says what holds.
type conditions struct {
	Status struct {
		Conditions []struct{ Type, Status string }
	}
}

func (c conditions) have(kind string) bool {
	for _, one := range c.Status.Conditions {
		if one.Type == kind {
			return one.Status == "True"
		}
	}
	return false
}

// Wait asks again and again until the answer is yes or ctx ends. The error explains a no; the last one is told in the end.
func Wait(ctx context.Context, what string, ask func(context.Context) (bool, error)) error {
	var last error
	for {
		yes, err := ask(ctx)
		if yes {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w (last answer: %v)", what, ctx.Err(), last)
		case <-time.After(poll):
		}
	}
}

// APIServer returns once the API server is ready.
func APIServer(ctx context.Context, c *kubeapi.Client) error {
	return Wait(ctx, "API server", func(ctx context.Context) (bool, error) {
		_, err := c.Text(ctx, "/readyz")
		return err == nil, err
	})
}

// Node returns once the node takes pods.
func Node(ctx context.Context, c *kubeapi.Client) error {
	return Wait(ctx, "node", func(ctx context.Context) (bool, error) {
		var node conditions
		err := c.Get(ctx, "/api/v1/nodes/"+layout.NodeName, &node)
		return node.have("Ready"), err
	})
}

// ArgoController returns once Argo's controller works.
func ArgoController(ctx context.Context, l layout.Layout) error {
	return answers(ctx, "Argo controller", fmt.Sprintf("http://%s:%d/healthz", l.Node, layout.ControllerHealthPort))
}

// ArgoServer returns once Argo Server answers.
func ArgoServer(ctx context.Context, l layout.Layout) error {
	return answers(ctx, "Argo Server", l.ArgoServer()+"/")
}

func answers(ctx context.Context, what, url string) error {
	return Wait(ctx, what, func(ctx context.Context) (bool, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return false, err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return false, err
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK, fmt.Errorf("%s", answer.Status)
	})
}

// DNS returns once names of the cluster resolve.
func DNS(ctx context.Context, l layout.Layout) error {
	return answers(ctx, "DNS", fmt.Sprintf("http://%s:%d/ready", l.Node, layout.DNSReadyPort))
}

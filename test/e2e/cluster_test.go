//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned"
	workflows "github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned/typed/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"metronome/test/s3server"
)

// cluster is what the tests reach of Kubernetes and Argo.
type cluster struct {
	kubeconfig string
	kube       kubernetes.Interface
	argo       versioned.Interface
	node       string // the address at which ports of the node are reached
}

var here *cluster

func TestMain(m *testing.M) {
	var err error
	if here, err = connect(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "%v\nTry: make e2e, or set KUBECONFIG to a cluster with Argo Workflows\n", err)
		os.Exit(1)
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": s3server.AccessKey, "AWS_SECRET_ACCESS_KEY": s3server.SecretKey, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		_ = os.Setenv(name, value) // it fails for malformed names only
	}
	os.Exit(m.Run())
}

// connect reaches the cluster of KUBECONFIG.
func connect(ctx context.Context) (*cluster, error) {
	path := os.Getenv(clientcmd.RecommendedConfigPathEnvVar)
	if path == "" {
		return nil, errors.New("find the cluster: KUBECONFIG is not set")
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 50, 100
	c := &cluster{kubeconfig: path}
	if c.kube, err = kubernetes.NewForConfig(config); err != nil {
		return nil, fmt.Errorf("reach Kubernetes: %w", err)
	}
	if c.argo, err = versioned.NewForConfig(config); err != nil {
		return nil, fmt.Errorf("reach Argo: %w", err)
	}
	c.node, err = c.nodeAddress(ctx)
	return c, err
}

// nodeAddress is CLUSTER_NODE, or else what the first node says about itself.
func (c *cluster) nodeAddress(ctx context.Context) (string, error) {
	if address := os.Getenv("CLUSTER_NODE"); address != "" {
		return address, nil
	}
	nodes, err := c.kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return "", fmt.Errorf("find the node: %w", err)
	}
	for _, node := range nodes.Items {
		for _, address := range node.Status.Addresses {
			if address.Type == corev1.NodeInternalIP {
				return address.Address, nil
			}
		}
	}
	return "", errors.New("find the node: none has an internal address")
}

// argoServer is the base URL of Argo Server.
func (c *cluster) argoServer() string {
	scheme := "https"
	if os.Getenv("ARGO_SECURE") == "false" {
		scheme = "http"
	}
	return scheme + "://" + cmp.Or(os.Getenv("ARGO_SERVER"), c.node+":2746")
}

func (s *site) workflows() workflows.WorkflowInterface {
	return s.argo.ArgoprojV1alpha1().Workflows(s.namespace)
}

// eventually waits until a condition holds. Errors count as not yet: parts of the cluster may be down meanwhile.
func eventually(t testing.TB, what string, condition func(ctx context.Context) (bool, error)) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 500*time.Millisecond, waitTimeout, true,
		func(ctx context.Context) (bool, error) {
			met, err := condition(ctx)
			last = err
			return met && err == nil, nil
		})
	require.NoError(t, errors.Join(err, last), "waiting for %s", what)
}

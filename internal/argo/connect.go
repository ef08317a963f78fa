package argo

import (
	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"

	"metronome/internal/failure"
)

// A beat may start many workers at once; the client's own default of 5 requests per second would make them wait.
const (
	requestsPerSecond = 50
	requestBurst      = 100
)

// NewWorkflowClient returns a client for the Workflows of a namespace: of the cluster that the program runs in, or else of the
// kubeconfig's. An empty namespace is the one that the pod runs in or the kubeconfig names.
func NewWorkflowClient(namespace string) (WorkflowClient, error) {
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{})
	config, err := loading.ClientConfig()
	if err != nil {
		return nil, failure.New(failure.Config, "", "", "run this in a pod with a service account's token, or set KUBECONFIG",
			"find the Kubernetes API: %w", err)
	}
	if namespace == "" {
		if namespace, _, err = loading.Namespace(); err != nil {
			return nil, failure.New(failure.Config, "", "", "set METRONOME_NAMESPACE", "find the namespace: %w", err)
		}
	}
	config.QPS, config.Burst = requestsPerSecond, requestBurst
	config.UserAgent = "metronome"
	client, err := versioned.NewForConfig(config)
	if err != nil {
		return nil, failure.New(failure.Config, "", "", "", "reach the Kubernetes API: %w", err)
	}
	return client.ArgoprojV1alpha1().Workflows(namespace), nil
}

func uid(text string) types.UID { return types.UID(text) }

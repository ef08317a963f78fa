package operator

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/argoproj/argo-workflows/v3/pkg/apiclient"
	workflowpkg "github.com/argoproj/argo-workflows/v3/pkg/apiclient/workflow"
	workflowtemplatepkg "github.com/argoproj/argo-workflows/v3/pkg/apiclient/workflowtemplate"
	"github.com/argoproj/argo-workflows/v3/util/auth"
	"github.com/argoproj/argo-workflows/v3/util/kubeconfig"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"metronome/internal/failure"
)

// ErrNotConfigured means that neither a kubeconfig nor ARGO_SERVER says where Argo is.
var ErrNotConfigured = errors.New("neither a kubeconfig nor ARGO_SERVER says where Argo is")

// Options say where Argo is; what is empty is taken from the variables of the `argo` CLI, then from the kubeconfig.
type Options struct {
	Namespace  string
	Kubeconfig string
	Context    string // of the kubeconfig
	Server     string // Argo Server's host:port
}

// Client speaks to Argo about one namespace.
type Client struct {
	Namespace string
	service   workflowpkg.WorkflowServiceClient
	templates workflowtemplatepkg.WorkflowTemplateServiceClient
}

// Connect returns a client, and the context that its calls need: it carries the credentials and ends with the one given.
func Connect(ctx context.Context, o Options) (context.Context, *Client, error) {
	kube := o.kubeconfig()
	namespace, err := o.namespace(kube)
	if err != nil {
		return ctx, nil, err
	}
	if o.server() == "" {
		if err := probe(ctx, kube, namespace); err != nil {
			return ctx, nil, err
		}
	}
	token, err := o.token(kube)
	if err != nil {
		return ctx, nil, err
	}
	calls, client, err := apiclient.NewClientFromOpts(apiclient.Opts{
		ArgoServerOpts: o.serverOptions(), InstanceID: os.Getenv("ARGO_INSTANCEID"), Context: ctx,
		AuthSupplier:         func() string { return token },
		ClientConfigSupplier: func() clientcmd.ClientConfig { return kube },
	})
	if err != nil {
		return ctx, nil, classify("connect to Argo", err)
	}
	templates, err := client.NewWorkflowTemplateServiceClient()
	if err != nil {
		return ctx, nil, classify("connect to Argo", err)
	}
	return endingWith(ctx, calls), &Client{Namespace: namespace, service: client.NewWorkflowServiceClient(), templates: templates}, nil
}

// probe asks the cluster a first question: where it does not answer, Argo's library would end the process.
func probe(ctx context.Context, kube clientcmd.ClientConfig, namespace string) error {
	config, err := kube.ClientConfig()
	if err != nil {
		return notConfigured(err)
	}
	config.Timeout = probeTimeout
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return notConfigured(err)
	}
	if _, err := auth.CanIArgo(ctx, client, "list", "workflows", namespace, ""); err != nil {
		return classify("connect to the cluster", err)
	}
	return nil
}

// probeTimeout is how long a cluster may take to answer its first question.
const probeTimeout = 20 * time.Second

// endingWith returns calls' values, and the end of ctx: Argo's client starts from a context of its own.
func endingWith(ctx, calls context.Context) context.Context {
	merged, cancel := context.WithCancelCause(calls)
	context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return merged
}

func (o Options) server() string {
	if o.Server != "" {
		return o.Server
	}
	return os.Getenv("ARGO_SERVER")
}

// serverOptions reads the variables as the `argo` CLI does.
func (o Options) serverOptions() apiclient.ArgoServerOpts {
	return apiclient.ArgoServerOpts{
		URL: o.server(), Path: os.Getenv("ARGO_BASE_HREF"), HTTP1: o.server() != "" && os.Getenv("ARGO_HTTP1") == "true",
		Secure:             os.Getenv("ARGO_SECURE") != "false",
		InsecureSkipVerify: os.Getenv("ARGO_INSECURE_SKIP_VERIFY") == "true",
	}
}

func (o Options) kubeconfig() clientcmd.ClientConfig {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = o.Kubeconfig
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: o.Context})
}

func (o Options) namespace(kube clientcmd.ClientConfig) (string, error) {
	if o.Namespace != "" {
		return o.Namespace, nil
	}
	if named, ok := os.LookupEnv("ARGO_NAMESPACE"); ok {
		return named, nil
	}
	namespace, _, err := kube.Namespace()
	if err != nil {
		return "", failure.New(failure.Config, "", "", "name it with --namespace or ARGO_NAMESPACE", "find the namespace: %w", err)
	}
	return namespace, nil
}

// token is what Argo Server is shown; a kubeconfig's own credentials where ARGO_TOKEN does not say.
func (o Options) token(kube clientcmd.ClientConfig) (string, error) {
	if token, ok := os.LookupEnv("ARGO_TOKEN"); ok || o.server() == "" {
		return token, nil
	}
	config, err := kube.ClientConfig()
	if err != nil {
		return "", failure.New(failure.Config, "ARGO_TOKEN", "", "set ARGO_TOKEN to \"Bearer …\", or use a kubeconfig",
			"find credentials for Argo Server: %w", err)
	}
	return kubeconfig.GetAuthString(config, o.Kubeconfig)
}

func notConfigured(err error) error {
	if clientcmd.IsEmptyConfig(err) || errors.Is(err, os.ErrNotExist) {
		err = ErrNotConfigured
	}
	return failure.New(failure.Config, "", "",
		"set KUBECONFIG or ARGO_SERVER and ARGO_TOKEN, as for the `argo` command", "find Argo: %w", err)
}

//go:build !standalone

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"metronome/internal/argo/operator"
	"metronome/internal/failure"
	"metronome/internal/site"
	"metronome/internal/ui"
)

// argoCommands are the commands that talk to Argo.
func (a *app) argoCommands() []*cobra.Command {
	return []*cobra.Command{a.submitCommand(), a.statusCommand(), a.retryCommand()}
}

// argoFlags are the flags that say where Argo is.
type argoFlags struct{ operator.Options }

func (f *argoFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.Namespace, "namespace", "n", "", "namespace of the installation (default $ARGO_NAMESPACE, else the kubeconfig's)")
	flags.StringVar(&f.Kubeconfig, "kubeconfig", "", "kubeconfig file (default $KUBECONFIG, else ~/.kube/config)")
	flags.StringVar(&f.Context, "context", "", "context of the kubeconfig (default its current one)")
	flags.StringVar(&f.Server, "argo-server", "", "host:port of Argo Server (default $ARGO_SERVER, else the cluster is asked directly)")
}

// sources are the two places that know about runs. One of them may be nil: it cannot be reached, and what it would add is
// left out.
type sources struct {
	site   *site.Site
	client *operator.Client
}

// openSources opens the ledger and connects to Argo; it fails only if neither works. The returned context is for calls of
// the client.
func (a *app) openSources(ctx context.Context, flags argoFlags) (context.Context, sources, error) {
	var s sources
	site, ledgerErr := a.open(ctx)
	if ledgerErr == nil {
		s.site = site
	}
	clientCtx, client, argoErr := operator.Connect(ctx, flags.Options)
	if argoErr == nil {
		s.client = client
	}
	switch {
	case ledgerErr != nil && argoErr != nil:
		return ctx, s, failure.New(failure.ClassOf(argoErr), "", "",
			"run the command where metronome.yaml is, or where the cluster can be reached",
			"neither the ledger nor Argo can be reached: %w", errors.Join(ledgerErr, argoErr))
	case ledgerErr != nil:
		fmt.Fprintf(a.stderr, "The ledger cannot be reached; showing what Argo knows: %v\n", ledgerErr)
	case argoErr != nil && !errors.Is(argoErr, operator.ErrNotConfigured):
		fmt.Fprintf(a.stderr, "Argo cannot be reached; showing what the ledger knows: %v\n", argoErr)
	}
	return clientCtx, s, nil
}

// workflowOf is what is shown of a run's Workflow.
func workflowOf(r operator.Run) ui.Workflow {
	w := ui.Workflow{
		Namespace: r.Namespace, Name: r.Name, Phase: r.Phase, Summary: r.Summary, Message: r.Message, Workers: r.Workers,
	}
	for _, pool := range r.Pools {
		w.Pools = append(w.Pools, ui.WorkflowPool{
			Name: pool.Name, Workflow: pool.Workflow, Phase: pool.Phase, Message: pool.Message,
		})
	}
	return w
}

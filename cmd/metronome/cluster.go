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
)

// cluster are the flags that say where Argo is.
type cluster struct{ operator.Options }

func (c *cluster) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&c.Namespace, "namespace", "n", "", "namespace of the installation (default $ARGO_NAMESPACE, else the kubeconfig's)")
	flags.StringVar(&c.Kubeconfig, "kubeconfig", "", "kubeconfig file (default $KUBECONFIG, else ~/.kube/config)")
	flags.StringVar(&c.Context, "context", "", "context of the kubeconfig (default its current one)")
	flags.StringVar(&c.Server, "argo-server", "", "Argo Server's host:port (default $ARGO_SERVER; else the cluster itself is asked)")
}

// sources are the two places that know of runs. Either may be out of reach: then what it would add is left out.
type sources struct {
	site   *site.Site
	client *operator.Client
}

// openSources opens what can be opened; it fails where that is nothing. The returned context is for calls of the client.
func (a *app) openSources(ctx context.Context, where cluster) (context.Context, sources, error) {
	var s sources
	opened, ledgerErr := a.open(ctx)
	if ledgerErr == nil {
		s.site = opened
	}
	calls, client, argoErr := operator.Connect(ctx, where.Options)
	if argoErr == nil {
		s.client = client
	}
	switch {
	case ledgerErr != nil && argoErr != nil:
		return ctx, s, failure.New(failure.ClassOf(argoErr), "", "", "run this where metronome.yaml is, or where the cluster can be reached",
			"neither the ledger nor Argo can be asked: %w", errors.Join(ledgerErr, argoErr))
	case ledgerErr != nil:
		a.note("The ledger is out of reach, so this is what Argo knows", ledgerErr)
	case argoErr != nil && !errors.Is(argoErr, operator.ErrNotConfigured):
		a.note("Argo is out of reach, so this is what the ledger knows", argoErr)
	}
	return calls, s, nil
}

func (a *app) note(what string, why error) { fmt.Fprintf(a.err, "%s: %v\n", what, why) }

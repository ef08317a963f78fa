//go:build !standalone

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"metronome/internal/argo/operator"
)

func (a *app) submitCommand() *cobra.Command {
	var selection selectionFlags
	var flags argoFlags
	var watch bool
	cmd := &cobra.Command{
		Use:   "submit --period YYYY-MM",
		Short: "Replicate a period on Argo Workflows",
		Long: `Start a run on Argo Workflows, from the WorkflowTemplate replicate-period of the namespace, and print its name.

Argo is found as the argo command finds it: by the kubeconfig, or through Argo Server if ARGO_SERVER is set (with
ARGO_TOKEN, ARGO_NAMESPACE, ARGO_SECURE and so on). Submitting again does only what is missing.`,
		Example: `  metronome submit --period 2026-12 --watch
  metronome submit --period 2026-12 --pool box --namespace metronome --output json
  metronome submit --period 2026-12 --only acme-us,acme-uk`,
		Args: argsAsUsageError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, selected, err := selection.parse()
			if err != nil {
				return err
			}
			ctx, client, err := operator.Connect(cmd.Context(), flags.Options)
			if err != nil {
				return err
			}
			return a.submit(ctx, client, operator.Submission{Period: p, Selection: selected}, watch)
		},
	}
	selection.register(cmd)
	flags.register(cmd)
	registerWatch(cmd, &watch)
	return cmd
}

func registerWatch(cmd *cobra.Command, watch *bool) {
	cmd.Flags().BoolVarP(watch, "watch", "w", false, "follow the run to its end and return its exit code")
}

// submit starts a run and prints its name; with watch, it follows the run to its end.
func (a *app) submit(ctx context.Context, client *operator.Client, wanted operator.Submission, watch bool) error {
	name := operator.Name(wanted.Period, time.Now(), uint16(rand.N(1<<16)))
	started, err := client.Submit(ctx, name, wanted)
	if err != nil {
		return err
	}
	switch {
	case !a.json():
		fmt.Fprintln(a.out, started.Name)
	case !watch:
		return a.printJSON(started)
	}
	if watch {
		return a.watch(ctx, client, started)
	}
	fmt.Fprintf(a.stderr, "Follow it with `metronome status %s --namespace %s`.\n", started.Name, started.Namespace)
	return nil
}

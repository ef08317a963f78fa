package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/supervise"
)

func statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show the cluster's components and where it is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			if _, err := running(l); err != nil {
				return err
			}
			states, err := supervise.Status(l.Run("status.json"))
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			_, _ = fmt.Fprintln(table, "COMPONENT\tPID\tSTARTS\tMESSAGE")
			for _, s := range states {
				_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", s.Name, s.PID, s.Starts, s.Message)
			}
			if err := table.Flush(); err != nil {
				return err
			}
			printPlace(cmd.OutOrStdout(), l)
			return nil
		},
	}
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"metronome/internal/config"
	"metronome/internal/ui"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", Short: "Check metronome.yaml, or print its JSON schema",
		Example: `  metronome config validate`,
	}
	cmd.AddCommand(a.configValidateCommand(), a.configSchemaCommand())
	return cmd
}

func (a *app) configValidateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "validate", Short: "Report every problem of the configuration",
		Example: `  metronome config validate --config metronome.yaml`,
		Args:    argsAsUsageError(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			c, err := config.Load(a.configPath())
			if err != nil {
				return err
			}
			remotes, err := config.LoadRemotes(c.Rclone)
			if err != nil {
				return err
			}
			if a.json() {
				return a.printJSON(map[string]any{"valid": true, "pools": len(c.Pools), "remotes": len(remotes)})
			}
			fmt.Fprintf(a.out, "The configuration is valid: %s, %s.\n", ui.Count(len(c.Pools), "pool"), ui.Count(len(remotes), "remote"))
			return nil
		},
	}
}

func (a *app) configSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON schema of metronome.yaml, for editors",
		Example: `  metronome config schema > metronome.schema.json`,
		Args:    argsAsUsageError(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			_, err := a.out.Write(config.Schema())
			return err
		},
	}
}

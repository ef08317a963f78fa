package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"metronome/internal/version"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program",
		Example: `  metronome version --output json`,
		Args:    argsAsUsageError(cobra.NoArgs),
		RunE:    func(*cobra.Command, []string) error { return a.printVersion() },
	}
}

// addVersionFlag adds `metronome --version`, which prints the same as `metronome version`.
func (a *app) addVersionFlag(root *cobra.Command) {
	var version bool
	root.Flags().BoolVar(&version, "version", false, "print the version of the program")
	printHelp := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if version {
			return a.printVersion()
		}
		return printHelp(cmd, args)
	}
}

func (a *app) printVersion() error {
	if a.json() {
		return a.printJSON(version.Current())
	}
	_, err := fmt.Fprintln(a.out, "metronome", version.Current())
	return err
}

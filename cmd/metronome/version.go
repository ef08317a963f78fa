package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"metronome/internal/version"
)

// addVersion adds `metronome version` and `metronome --version`; both heed --output.
func (a *app) addVersion(root *cobra.Command) {
	root.AddCommand(&cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(*cobra.Command, []string) error { return a.printVersion() },
	})
	var asked bool
	root.Flags().BoolVar(&asked, "version", false, "print the version of this program")
	help := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if asked {
			return a.printVersion()
		}
		return help(cmd, args)
	}
}

func (a *app) printVersion() error {
	if a.json() {
		return a.printJSON(version.Current())
	}
	_, err := fmt.Fprintln(a.out, "metronome", version.Current())
	return err
}

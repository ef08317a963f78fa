//go:build !standalone

package main

import "github.com/spf13/cobra"

// argoCommands are the commands that talk to Argo.
func (a *app) argoCommands() []*cobra.Command {
	return []*cobra.Command{a.submitCommand(), a.statusCommand(), a.retryCommand()}
}

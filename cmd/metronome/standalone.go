//go:build standalone

package main

import "github.com/spf13/cobra"

// argoCommands are none: this program was built for one machine, without Argo's and Kubernetes' client libraries.
func (a *app) argoCommands() []*cobra.Command { return nil }

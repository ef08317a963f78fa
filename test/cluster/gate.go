package main

import (
	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/gate"
)

func gateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "gate ADDRESS API-SERVER", Hidden: true, Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return gate.Gate{Listen: args[0], Target: args[1], Ready: gate.APIServer(args[1])}.Run()
		},
	}
}

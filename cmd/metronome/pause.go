package main

import (
	"github.com/spf13/cobra"

	"metronome/internal/run"
)

func (a *app) pauseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pause RUN",
		Short: "Start no more workers in a live run; those at work finish their batches",
		Long: `Hold a live run, on Argo or on any machine that shares the ledger. Its beats go on, but nothing new starts; workers that
are at work finish their batches. The run waits until it is resumed or cancelled.`,
		Example: `  metronome pause 2026-12-20261201t060000z-1f3a`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.ask(cmd.Context(), run.ID(args[0]), run.Pause,
				"Paused: nothing new starts from the next beat on. Go on with `metronome resume %s`.\n")
		},
	}
}

func (a *app) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "resume RUN",
		Short:   "Let a paused run go on",
		Example: `  metronome resume 2026-12-20261201t060000z-1f3a`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.ask(cmd.Context(), run.ID(args[0]), run.Resume, "Resumed: run %s goes on with its next beat.\n")
		},
	}
}

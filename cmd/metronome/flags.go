package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/run"
)

// selectionFlags are the flags that say which period to replicate, and for which entities.
type selectionFlags struct {
	period string
	only   []string
	pools  []string
}

func (f *selectionFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.period, "period", "", "period to replicate, such as 2026-12 (required)")
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "only the entities with these ids (repeatable)")
	cmd.Flags().StringSliceVar(&f.pools, "pool", nil, "only the entities of these pools (repeatable)")
}

func (f *selectionFlags) parse() (period.Period, run.Selection, error) {
	const hint = "name the month, as in --period 2026-12"
	if f.period == "" {
		return period.Period{}, run.Selection{}, failure.New(failure.Config, "--period", "", hint, "missing")
	}
	p, err := period.Parse(f.period)
	if err != nil {
		return p, run.Selection{}, failure.New(failure.Config, "--period", "", hint, "%w", err)
	}
	selection := run.Selection{Pools: f.pools}
	for _, value := range f.only {
		id, err := entity.ParseID(value)
		if err != nil {
			return p, selection, failure.New(failure.Config, "--only", "", "use an id of catalog/entities.jsonl", "%w", err)
		}
		selection.Entities = append(selection.Entities, id)
	}
	return p, selection, nil
}

// argsAsUsageError wraps argument errors as usage errors.
func argsAsUsageError(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError(cmd, err)
		}
		return nil
	}
}

// usageError is an error in how a command was called.
func usageError(cmd *cobra.Command, err error) error {
	return failure.New(failure.Config, "", "", fmt.Sprintf("see `%s --help`", cmd.CommandPath()), "%w", err)
}

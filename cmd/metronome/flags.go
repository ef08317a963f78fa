package main

import (
	"github.com/spf13/cobra"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/run"
)

// choice are the flags that say what to replicate.
type choice struct {
	period string
	only   []string
	pools  []string
}

func (c *choice) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.period, "period", "", "the period to replicate, like 2026-12 (required)")
	cmd.Flags().StringSliceVar(&c.only, "only", nil, "only these entities, by id (repeatable)")
	cmd.Flags().StringSliceVar(&c.pools, "pool", nil, "only the entities of these pools (repeatable)")
}

func (c *choice) parse() (period.Period, run.Selection, error) {
	if c.period == "" {
		return period.Period{}, run.Selection{}, failure.New(failure.Config, "--period", "",
			"name the month, as in --period 2026-12", "no period is given")
	}
	p, err := period.Parse(c.period)
	if err != nil {
		return p, run.Selection{}, failure.New(failure.Config, "--period", "", "name the month, as in --period 2026-12", "%w", err)
	}
	selection := run.Selection{Pools: c.pools}
	for _, text := range c.only {
		id, err := entity.ParseID(text)
		if err != nil {
			return p, selection, failure.New(failure.Config, "--only", "", "name an id of catalog/entities.jsonl", "%w", err)
		}
		selection.Entities = append(selection.Entities, id)
	}
	return p, selection, nil
}

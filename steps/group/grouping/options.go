package grouping

import (
	"encoding/json"
	"flag"
	"time"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/steps"
)

// options are the step's flags. All but the run come from whoever asked for the run: a schedule, a person, an HTTP event.
type options struct {
	run       run.ID
	period    string
	scheduled string
	timezone  string
	entities  string
	pools     string
	outputs   steps.Outputs
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar((*string)(&o.run), "run", "", "the run: the Workflow's name")
	flags.StringVar(&o.period, "period", "", "the period, like 2026-12; empty: the month of --scheduled-time")
	flags.StringVar(&o.scheduled, "scheduled-time", "", "when the run was due, RFC 3339; empty: now")
	flags.StringVar(&o.timezone, "timezone", "UTC", "where the month of --scheduled-time begins and ends")
	flags.StringVar(&o.entities, "entities", "", "only these entities, a JSON list of ids; empty: all")
	flags.StringVar(&o.pools, "pools", "", "only these pools, a JSON list of names; empty: all")
	o.outputs.Register(flags)
}

// asked is what the options ask for.
type asked struct {
	period    period.Period
	selection run.Selection
}

func (o *options) parse(now time.Time) (asked, error) {
	p, err := o.requestedPeriod(now)
	if err != nil {
		return asked{}, err
	}
	names, err := list("entities", o.entities)
	if err != nil {
		return asked{}, err
	}
	selection := run.Selection{}
	for _, name := range names {
		id, err := entity.ParseID(name)
		if err != nil {
			return asked{}, failure.New(failure.Data, "entities", name, "name ids of catalog/entities.jsonl", "%w", err)
		}
		selection.Entities = append(selection.Entities, id)
	}
	selection.Pools, err = list("pools", o.pools)
	return asked{period: p, selection: selection}, err
}

// requestedPeriod is the one named, or else the month that the scheduled moment lies in.
func (o *options) requestedPeriod(now time.Time) (period.Period, error) {
	if o.period != "" {
		p, err := period.Parse(o.period)
		if err != nil {
			return p, failure.New(failure.Data, "period", o.period, "write it like 2026-12", "%w", err)
		}
		return p, nil
	}
	zone, err := time.LoadLocation(o.timezone)
	if err != nil {
		return period.Period{}, failure.New(failure.Config, "--timezone", o.timezone, "name it like Europe/Berlin", "%w", err)
	}
	if o.scheduled != "" {
		if now, err = time.Parse(time.RFC3339, o.scheduled); err != nil {
			return period.Period{}, failure.New(failure.Config, "--scheduled-time", o.scheduled, "write it like 2026-12-01T06:00:00Z",
				"%w", err)
		}
	}
	return period.Of(now.In(zone)), nil
}

// list reads a JSON list of texts; empty text and null are the empty list.
func list(what, text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	var names []string
	if err := json.Unmarshal([]byte(text), &names); err != nil {
		return nil, failure.New(failure.Data, what, text, `write a JSON list of texts, like ["acme","acme-uk"]`, "%w", err)
	}
	return names, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"metronome/internal/calendar"
	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/failure"
	"metronome/internal/ledger"
)

func (a *app) catalogCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "catalog", Short: "Check the catalog, make one of a customer list, list calendars",
		Example: `  metronome catalog validate`,
	}
	cmd.AddCommand(a.validateCommand(), a.importCommand(), a.calendarsCommand())
	return cmd
}

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Report every problem of the catalog and its template sets at once",
		Long: `Check catalog/entities.jsonl and catalog/templates/*.yaml in the ledger against each other, the configuration and
the remotes of the rclone configuration. Every problem is reported, with file, line, key, value and what to do.
Nothing is written, and no provider is asked anything.`,
		Example: `  metronome catalog validate
  metronome catalog validate --output json`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.validate(cmd.Context()) },
	}
}

// validation is what `catalog validate --output json` prints.
type validation struct {
	Valid     bool              `json:"valid"`
	Entities  int               `json:"entities"`
	Active    int               `json:"active"`
	Templates int               `json:"templates"`
	Problems  []failure.Problem `json:"problems"`
}

func (a *app) validate(ctx context.Context) error {
	opened, err := a.openWithRemotes(ctx)
	if err != nil {
		return err
	}
	read, err := opened.ReadCatalog(ctx)
	var problems failure.Problems
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	verdict := validation{Valid: err == nil, Problems: problems.List}
	if read != nil {
		verdict.Entities, verdict.Active, verdict.Templates = len(read.Entities), len(read.Active()), len(read.Sets)
	}
	if verdict.Problems == nil {
		verdict.Problems = []failure.Problem{}
	}
	if a.json() {
		if printErr := a.printJSON(verdict); printErr != nil {
			return printErr
		}
		if err != nil {
			return errors.Join(errTold, err)
		}
		return nil
	}
	if err != nil {
		a.complain(err)
		fmt.Fprintf(a.err, "%s in the catalog; nothing was written\n", count(len(problems.List), "problem"))
		return errors.Join(errTold, err)
	}
	fmt.Fprintf(a.out, "The catalog is good: %s (%d active), %s.\n",
		count(verdict.Entities, "entity"), verdict.Active, count(verdict.Templates, "template set"))
	return nil
}

func (a *app) importCommand() *cobra.Command {
	var o catalog.ImportOptions
	var list string
	var show bool
	cmd := &cobra.Command{
		Use:   "import --csv FILE --pool POOL",
		Short: "Make a catalog of a customer list in CSV",
		Long: `Make catalog/entities.jsonl of a customer list with a heading. Ids and names come from columns that are found by
their usual headings, or named by flags; remotes and accounts are made by patterns that may hold {id}, {name},
{account} and {pool}. With several pools the entities are dealt out in turn. A catalog that is in the ledger
already is never replaced: print the new one instead, with --print.`,
		Example: `  metronome catalog import --csv customers.csv --pool box --remote 'box:Close/{name}' --timezone America/New_York
  metronome catalog import --csv customers.csv --pool drive --pool s3 --remote '{pool}:Close/{name}' --print`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.importList(cmd.Context(), list, o, show) },
	}
	flags := cmd.Flags()
	flags.StringVar(&list, "csv", "", "the customer list (required)")
	flags.StringArrayVar(&o.Pools, "pool", nil, "pool of the entities (repeatable: dealt out in turn; required)")
	flags.StringVar(&o.Remote, "remote", "", `pattern of the remote (default "{pool}:{name}")`)
	flags.StringVar(&o.Account, "account", "", `pattern of the account (default "{id}")`)
	flags.StringVar(&o.Templates, "templates", "", `template set (default "standard")`)
	flags.StringVar(&o.Calendar, "calendar", "", `calendar (default "US")`)
	flags.StringVar(&o.Timezone, "timezone", "", `time zone (default "UTC")`)
	flags.IntVar(&o.FiscalYearEnd, "fiscal-year-end", 0, "last month of the fiscal year (default 12)")
	flags.StringVar(&o.NameColumn, "name-column", "", "heading of the names (default name, security, company or customer)")
	flags.StringVar(&o.IDColumn, "id-column", "", "heading of the ids (default id, symbol or code, else made of the names)")
	flags.StringVar(&o.AccountColumn, "account-column", "", "heading of the accounts (default: made by --account)")
	flags.BoolVar(&show, "print", false, "print the lines instead of writing them to the ledger")
	return cmd
}

// imported is what `catalog import --output json` prints.
type imported struct {
	Entities int    `json:"entities"`
	Key      string `json:"key"`
}

func (a *app) importList(ctx context.Context, list string, o catalog.ImportOptions, show bool) error {
	if list == "" {
		return failure.New(failure.Config, "--csv", "", "name the customer list, as in --csv customers.csv", "no list is given")
	}
	data, err := os.ReadFile(list)
	if err != nil {
		return failure.New(failure.Config, "--csv", list, "", "read customer list: %w", err)
	}
	o.File = list
	entities, err := catalog.Import(data, o)
	if err != nil {
		return err
	}
	if show {
		_, err = a.out.Write(catalog.Encode(entities))
		return err
	}
	c, err := config.Load(a.configPath())
	if err != nil {
		return err
	}
	if err := checkAgainst(c, o); err != nil {
		return err
	}
	l, err := c.Ledger.Open(ctx)
	if err != nil {
		return err
	}
	_, err = l.Create(ctx, ledger.EntitiesKey, catalog.Encode(entities))
	if errors.Is(err, ledger.ErrExists) {
		return failure.New(failure.Data, ledger.EntitiesKey, "", "print the new one with --print and merge them by hand",
			"the ledger has a catalog already")
	}
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(imported{Entities: len(entities), Key: ledger.EntitiesKey})
	}
	fmt.Fprintf(a.out, "Wrote %s to %s. Check them with `metronome catalog validate`.\n", count(len(entities), "entity"), ledger.EntitiesKey)
	return nil
}

// checkAgainst wants the configuration to have what the entities will refer to. Template sets may still be to come.
func checkAgainst(c config.Config, o catalog.ImportOptions) error {
	known := catalog.KnownFrom(c, nil, nil)
	for _, pool := range o.Pools {
		if _, ok := known.Pools[pool]; !ok {
			return failure.New(failure.Config, "--pool", pool, "name a pool of the configuration, or add it there", "no such pool")
		}
	}
	if o.Calendar != "" && !slices.Contains(known.Calendars, o.Calendar) {
		return failure.New(failure.Config, "--calendar", o.Calendar,
			"`metronome catalog calendars` lists the countries; calendars of your own are in the configuration", "no such calendar")
	}
	return nil
}

func (a *app) calendarsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "calendars",
		Short:   "List the country calendars that are built in",
		Example: `  metronome catalog calendars --output json`,
		Args:    arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if a.json() {
				return a.printJSON(calendar.Countries())
			}
			return a.printColumns(calendar.Countries(), 8)
		},
	}
}

func (a *app) printColumns(words []string, columns int) error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for row := range slices.Chunk(words, columns) {
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}

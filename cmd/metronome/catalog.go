package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"metronome/internal/calendar"
	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/ui"
)

func (a *app) catalogCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "catalog", Short: "Check the catalog, create it from a customer list, list calendars",
		Example: `  metronome catalog validate`,
	}
	cmd.AddCommand(a.validateCommand(), a.importCommand(), a.calendarsCommand())
	return cmd
}

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Report every problem of the catalog and its template sets",
		Long: `Check catalog/entities.jsonl and catalog/templates/*.yaml in the ledger against each other, the configuration and
the remotes of the rclone configuration. Every problem is reported with file, line, key, value and what to do.
Nothing is written, and no provider is contacted.`,
		Example: `  metronome catalog validate
  metronome catalog validate --output json`,
		Args: argsAsUsageError(cobra.NoArgs),
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
	site, err := a.openWithRemotes(ctx)
	if err != nil {
		return err
	}
	catalog, err := site.ReadCatalog(ctx)
	var problems failure.Problems
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	result := validation{Valid: err == nil, Problems: problems.List}
	if catalog != nil {
		result.Entities, result.Active, result.Templates = len(catalog.Entities), len(catalog.Active()), len(catalog.TemplateSets)
	}
	if result.Problems == nil {
		result.Problems = []failure.Problem{}
	}
	if a.json() {
		if printErr := a.printJSON(result); printErr != nil {
			return printErr
		}
		if err != nil {
			return errors.Join(errReported, err)
		}
		return nil
	}
	if err != nil {
		a.printError(err)
		fmt.Fprintf(a.stderr, "%s in the catalog\n", ui.Count(len(problems.List), "problem"))
		return errors.Join(errReported, err)
	}
	fmt.Fprintf(a.out, "The catalog is valid: %s (%d active), %s.\n",
		ui.Count(result.Entities, "entity"), result.Active, ui.Count(result.Templates, "template set"))
	return nil
}

func (a *app) importCommand() *cobra.Command {
	var o catalog.ImportOptions
	var file string
	var printOnly bool
	cmd := &cobra.Command{
		Use:   "import --csv FILE --pool POOL",
		Short: "Create the catalog from a customer list in CSV",
		Long: `Create catalog/entities.jsonl from a customer list whose first line has the column headings. Ids and names are read from
columns with the usual headings, or from those that flags name; remotes and accounts follow patterns that may contain
{id}, {name}, {account} and {pool}. With several pools, the entities are assigned to them in turn. An existing catalog is
never replaced: use --print to print the new one instead.`,
		Example: `  metronome catalog import --csv customers.csv --pool box --remote 'box:Close/{name}' --timezone America/New_York
  metronome catalog import --csv customers.csv --pool drive --pool s3 --remote '{pool}:Close/{name}' --print`,
		Args: argsAsUsageError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.importCatalog(cmd.Context(), file, o, printOnly) },
	}
	flags := cmd.Flags()
	flags.StringVar(&file, "csv", "", "customer list (required)")
	flags.StringArrayVar(&o.Pools, "pool", nil, "pool of the entities (repeatable: assigned in turn; required)")
	flags.StringVar(&o.Remote, "remote", "", `pattern of the remote (default "{pool}:{name}")`)
	flags.StringVar(&o.Account, "account", "", `pattern of the account (default "{id}")`)
	flags.StringVar(&o.Templates, "templates", "", `template set (default "standard")`)
	flags.StringVar(&o.Calendar, "calendar", "", `calendar (default "US")`)
	flags.StringVar(&o.Timezone, "timezone", "", `time zone (default "UTC")`)
	flags.IntVar(&o.FiscalYearEnd, "fiscal-year-end", 0, "last month of the fiscal year (default 12)")
	flags.StringVar(&o.NameColumn, "name-column", "", "heading of the name column (default name, security, company or customer)")
	flags.StringVar(&o.IDColumn, "id-column", "", "heading of the id column (default id, symbol or code, else derived from the names)")
	flags.StringVar(&o.AccountColumn, "account-column", "", "heading of the account column (default: see --account)")
	flags.BoolVar(&printOnly, "print", false, "print the lines instead of writing them to the ledger")
	return cmd
}

// imported is what `catalog import --output json` prints.
type imported struct {
	Entities int    `json:"entities"`
	Key      string `json:"key"`
}

func (a *app) importCatalog(ctx context.Context, file string, o catalog.ImportOptions, printOnly bool) error {
	if file == "" {
		return failure.New(failure.Config, "--csv", "", "name the customer list, as in --csv customers.csv", "missing")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return failure.New(failure.Config, "--csv", file, "", "read customer list: %w", err)
	}
	o.File = file
	entities, err := catalog.Import(data, o)
	if err != nil {
		return err
	}
	if printOnly {
		_, err = a.out.Write(catalog.Encode(entities))
		return err
	}
	site, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := checkImport(site.Config, o); err != nil {
		return err
	}
	_, err = site.Ledger.Create(ctx, ledger.EntitiesKey, catalog.Encode(entities))
	if errors.Is(err, ledger.ErrExists) {
		return failure.New(failure.Data, ledger.EntitiesKey, "", "print the new one with --print and merge the two by hand",
			"the ledger already has a catalog")
	}
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(imported{Entities: len(entities), Key: ledger.EntitiesKey})
	}
	fmt.Fprintf(a.out, "Wrote %s to %s. Check it with `metronome catalog validate`.\n", ui.Count(len(entities), "entity"), ledger.EntitiesKey)
	return nil
}

// checkImport checks that the configuration has what the entities will refer to. Template sets may be added later.
func checkImport(c config.Config, o catalog.ImportOptions) error {
	known := catalog.NewKnownNames(c, nil, nil)
	for _, pool := range o.Pools {
		if _, ok := known.Pools[pool]; !ok {
			return failure.New(failure.Config, "--pool", pool, "use a pool of the configuration, or add it there", "no such pool")
		}
	}
	if o.Calendar != "" && !slices.Contains(known.Calendars, o.Calendar) {
		return failure.New(failure.Config, "--calendar", o.Calendar,
			"`metronome catalog calendars` lists the countries; your own calendars are in the configuration", "no such calendar")
	}
	return nil
}

func (a *app) calendarsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "calendars",
		Short:   "List the built-in country calendars",
		Example: `  metronome catalog calendars --output json`,
		Args:    argsAsUsageError(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if a.json() {
				return a.printJSON(calendar.HolidayCodes())
			}
			ui.PrintColumns(a.out, calendar.HolidayCodes(), 8)
			return nil
		},
	}
}

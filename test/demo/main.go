// Command demo replicates a period for sixty made-up companies on this machine: four simulated storage providers with
// quotas of their own, a ledger with the prior period's content, and `metronome run`. Called again, it finds everything done.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"

	"metronome/internal/failure"
	"metronome/test/simulator"
)

func main() {
	dir := flag.String("dir", ".demo", "folder of the demo's ledger and storage")
	metronome := flag.String("metronome", "bin/metronome", "the metronome program")
	flag.Parse()
	if err := demo(context.Background(), *dir, *metronome); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(failure.ExitCode(err))
	}
}

// demo prepares what is missing, runs the period, and shows what the simulated providers counted.
func demo(ctx context.Context, dir, metronome string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	profile, err := simulator.Shipped("demo")
	if err != nil {
		return err
	}
	profile.Data = filepath.Join(dir, "storage")
	providers, err := simulator.Open(profile)
	if err != nil {
		return err
	}
	defer func() { _ = providers.Close() }()
	if err := prepare(ctx, dir, providers); err != nil {
		return err
	}
	providers.Reset()
	fmt.Printf("Replicating period %s for %d companies at 4 simulated providers.\n\n", target, len(companies()))
	run := exec.CommandContext(ctx, metronome, "run", "--period", target.String(), "--config", filepath.Join(dir, "metronome.yaml"))
	run.Stdout, run.Stderr = os.Stdout, os.Stderr
	err = run.Run()
	showCounts(providers)
	showWhere(dir)
	return err
}

// showCounts prints the judge's view: what the providers themselves counted.
func showCounts(providers *simulator.Simulator) {
	fmt.Print("\nWhat the providers counted:\n\n")
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "provider\trequests\trefused\tmost in a second\tallowed\toverwritten\tdeleted\t")
	for _, name := range providers.Providers() {
		counts := providers.Counts(name)
		peak, allowed := 0.0, 0.0
		for _, limit := range counts.Limits {
			if limit.Scope == simulator.ScopePool {
				peak, allowed = limit.Value, limit.Allowed
			}
		}
		refused := counts.Outcomes[simulator.Throttled] + counts.Outcomes[simulator.Capped] + counts.Outcomes[simulator.Contention]
		fmt.Fprintf(table, "%s\t%d\t%d\t%.0f\t%.0f\t%d\t%d\t\n",
			name, counts.Requests, refused, peak, allowed, counts.Overwrites, counts.Deletes)
	}
	_ = table.Flush()
}

func showWhere(dir string) {
	fmt.Printf(`
Where to look:
  %s   what the customers have now
  %s   content, receipts and the run, as JSON and .xlsx
  %s   the configuration
`, relative(filepath.Join(dir, "storage")), relative(filepath.Join(dir, "ledger")), relative(filepath.Join(dir, "metronome.yaml")))
}

// relative shortens a path for people where that is possible.
func relative(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil {
		return short
	}
	return path
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"metronome/internal/config"
	"metronome/internal/escape"
	"metronome/internal/failure"
	"metronome/internal/site"
	"metronome/internal/ui"
)

// app is one invocation of the CLI.
type app struct {
	in       io.Reader
	out      io.Writer // data only
	stderr   io.Writer // progress, warnings and errors
	terminal io.Writer // where bars are drawn: standard error as it is
	config   string    // the --config flag
	output   string    // the --output flag: table or json
	verbose  bool
	logLevel slog.Level
}

// execute runs the CLI and returns its exit code.
func execute(args []string, in io.Reader, out, errs io.Writer) int {
	a := &app{in: in, out: escape.Writer(out), stderr: escape.Writer(errs), terminal: errs}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.Execute()
	a.printError(err)
	return failure.ExitCode(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "metronome",
		Short: "Replicate accounting periods into customers' cloud storage, within the providers' quotas",
		Long: `Metronome replicates an accounting period: for each entity of the catalog the new period's folders, checklist,
reconciliations and carried-forward documents appear in that entity's own cloud storage, as fast as each
provider's quota allows, without ever overwriting or deleting anything.

Exit codes: 0 done, 3 finished but some entities failed, 65 bad data, 75 temporary (run again), 78 bad
configuration or flags, 1 anything else.`,
		Example: `  metronome plan --period 2026-12
  metronome run --period 2026-12
  metronome report`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.prepare() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.config, "config", "", "configuration file (default $"+config.EnvironmentVariable+", else ./"+config.FileName+")")
	flags.StringVarP(&a.output, "output", "o", "table", "output format: table or json")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "write a detailed log to standard error")
	root.SetFlagErrorFunc(usageError)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "{{if .Runnable}}", "{{if and .Runnable (not .HasSubCommands)}}"))
	root.AddCommand(a.argoCommands()...)
	root.AddCommand(a.runCommand(), a.planCommand(), a.cancelCommand(), a.pauseCommand(), a.resumeCommand(),
		a.tempoCommand(), a.reportCommand(), a.catalogCommand(), a.configCommand(), a.versionCommand(), a.workerCommand())
	for _, cmd := range append(root.Commands(), root) {
		if cmd.HasSubCommands() {
			requireSubcommand(cmd)
		}
	}
	a.addVersionFlag(root)
	return root
}

// requireSubcommand makes a command that only holds others print its help when called alone, and refuse unknown ones.
func requireSubcommand(cmd *cobra.Command) {
	cmd.SuggestionsMinimumDistance = 2
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := fmt.Sprintf("see `%s --help`", cmd.CommandPath())
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = fmt.Sprintf("did you mean `%s %s`?", cmd.CommandPath(), near[0])
		}
		return failure.New(failure.Config, "", "", hint, "unknown command %q for %q", args[0], cmd.CommandPath())
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// prepare checks the global flags and sets up logging, before any command runs.
func (a *app) prepare() error {
	if a.output != "table" && a.output != "json" {
		return failure.New(failure.Config, "--output", a.output, "use table or json", "unknown output format")
	}
	a.logLevel = slog.LevelWarn
	if a.verbose {
		a.logLevel = slog.LevelDebug
	}
	a.setLogOutput(a.stderr)
	return nil
}

// setLogOutput sends log lines to w from now on.
func (a *app) setLogOutput(w io.Writer) {
	slog.SetDefault(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: a.logLevel})))
}

func (a *app) json() bool { return a.output == "json" }

// printJSON prints a value as the command's data.
func (a *app) printJSON(value any) error { return ui.PrintJSON(a.out, value) }

// errReported marks an error that is already printed.
var errReported = errors.New("already printed")

// printError prints an error with its hint, unless what was printed before says it all.
func (a *app) printError(err error) {
	if err == nil || errors.Is(err, failure.ErrEntitiesFailed) || errors.Is(err, errReported) {
		return
	}
	ui.PrintError(a.stderr, err)
}

// configPath is the configuration that the flags and the environment name.
func (a *app) configPath() string {
	return config.Find(a.config, os.Getenv(config.EnvironmentVariable))
}

// open opens the site that the configuration describes.
func (a *app) open(ctx context.Context) (*site.Site, error) { return site.Open(ctx, a.configPath()) }

// openWithRemotes also reads the site's remotes from the rclone configuration.
func (a *app) openWithRemotes(ctx context.Context) (*site.Site, error) {
	site, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return site, site.ReadRemotes()
}

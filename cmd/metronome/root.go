package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"metronome/internal/config"
	"metronome/internal/failure"
)

// app is one invocation of the CLI.
type app struct {
	in      io.Reader
	out     io.Writer // data only
	err     io.Writer // progress, warnings and errors
	config  string    // the --config flag
	output  string    // the --output flag: table or json
	verbose bool
	level   slog.Level // of the log lines that are shown
}

// execute runs the CLI and gives its exit code.
func execute(args []string, in io.Reader, out, errs io.Writer) int {
	a := &app{in: in, out: out, err: errs}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.Execute()
	a.complain(err)
	return failure.ExitCode(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "metronome",
		Short: "Replicate accounting periods into customers' cloud storage, at the providers' tempo",
		Long: `Metronome replicates an accounting period: for each entity of the catalog the new period's folders, checklist,
reconciliations and carried-forward documents appear in that entity's own cloud storage, as fast as each
provider's quota allows, without ever overwriting or deleting anything.

Exit codes: 0 done, 3 finished but some entities failed, 65 bad data, 75 temporary (run again), 78 bad
configuration or flags, 1 anything else.`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.prepare() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.config, "config", "", "configuration file (default $"+config.EnvironmentVariable+", else ./"+config.FileName+")")
	flags.StringVarP(&a.output, "output", "o", "table", "output format: table or json")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "log what happens in detail to standard error")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return failure.New(failure.Config, "", "", fmt.Sprintf("see `%s --help`", cmd.CommandPath()), "%w", err)
	})
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "{{if .Runnable}}", "{{if and .Runnable (not .HasSubCommands)}}"))
	root.AddCommand(a.argoCommands()...)
	root.AddCommand(a.runCommand(), a.planCommand(), a.cancelCommand(), a.pauseCommand(), a.resumeCommand(),
		a.tempoCommand(), a.reportCommand(), a.catalogCommand(), a.configCommand(), a.workerCommand())
	for _, cmd := range append(root.Commands(), root) {
		if cmd.HasSubCommands() {
			listCommands(cmd)
		}
	}
	a.addVersion(root)
	return root
}

// listCommands makes a command that only holds others refuse what it does not hold; alone, it shows what there is.
func listCommands(cmd *cobra.Command) {
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

func (a *app) prepare() error {
	if a.output != "table" && a.output != "json" {
		return failure.New(failure.Config, "--output", a.output, "write table or json", "unknown output format")
	}
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelDebug
	}
	a.level = level
	a.logTo(a.err)
	return nil
}

// logTo sends log lines to w from now on.
func (a *app) logTo(w io.Writer) {
	slog.SetDefault(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: a.level})))
}

// configPath is the configuration that the flags and the environment name.
func (a *app) configPath() string {
	return config.Find(a.config, os.Getenv(config.EnvironmentVariable))
}

func (a *app) json() bool { return a.output == "json" }

// printJSON writes a value as the command's data.
func (a *app) printJSON(value any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// complain tells a person what went wrong and what to do.
func (a *app) complain(err error) {
	if err == nil || errors.Is(err, failure.ErrEntitiesFailed) || errors.Is(err, errTold) {
		return
	}
	var problems failure.Problems
	if errors.As(err, &problems) {
		a.complainOf(problems)
		return
	}
	fmt.Fprintf(a.err, "Error: %v\n", err)
	if hint := failure.HintOf(err); hint != "" {
		fmt.Fprintf(a.err, "Try: %s\n", hint)
	}
}

// mostProblems is how many problems of a file a person is shown; a bad list has one for each of its thousands of lines.
const mostProblems = 50

func (a *app) complainOf(problems failure.Problems) {
	shown := problems
	shown.List = shown.List[:min(len(shown.List), mostProblems)]
	fmt.Fprintf(a.err, "Error: %v\n", shown)
	if more := len(problems.List) - len(shown.List); more > 0 {
		fmt.Fprintf(a.err, "… and %d more\n", more)
		if problems.Class == failure.Data {
			fmt.Fprintln(a.err, "Try: `metronome catalog validate --output json` lists them all")
		}
	}
}

// errTold marks errors whose story was already told as data.
var errTold = errors.New("told already")

// arguments refuses arguments that a command does not take, as a flag error would be.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return failure.New(failure.Config, "", "", fmt.Sprintf("see `%s --help`", cmd.CommandPath()), "%w", err)
		}
		return nil
	}
}

package steps

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"metronome/internal/config"
	"metronome/internal/escape"
	"metronome/internal/failure"
	"metronome/internal/site"
)

// Work is what a step does for a site. stop ends with the first SIGTERM, which a pod gets when it is deleted: the work should
// then end soon and cleanly.
type Work func(stop context.Context, s *site.Site) error

// Step describes a step container's program.
type Step struct {
	Name     string
	Required []string            // flags that must not be empty
	Flags    func(*flag.FlagSet) // declares the step's flags
	Work     Work
}

// Main runs a step with the process's arguments and environment and ends the process with its exit code.
func Main(step Step) {
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer release()
	os.Exit(Run(stop, step, os.Args[1:], os.Stdout, os.Stderr)) //nolint:gocritic // the process ends, its signals with it
}

// Run runs a step and returns its exit code.
func Run(stop context.Context, step Step, args []string, out, logs io.Writer) int {
	flags := flag.NewFlagSet("metronome-"+step.Name, flag.ContinueOnError)
	flags.SetOutput(logs)
	step.Flags(flags)
	asked := registerVersion(flags)
	err := parse(step, flags, args, asked)
	if errors.Is(err, flag.ErrHelp) {
		return failure.ExitDone
	}
	if err == nil && asked.version {
		return failure.ExitCode(asked.print(out, flags.Name()))
	}
	logTo(escape.Writer(logs), step.Name, flags)
	if err == nil {
		err = open(stop, step.Work)
	}
	if stop.Err() != nil && errors.Is(err, context.Canceled) {
		err = failure.New(failure.Overload, "", "", "", "the step was told to stop: %w", err)
	}
	reportEnd(err)
	return failure.ExitCode(err)
}

func parse(step Step, flags *flag.FlagSet, args []string, asked *versionFlags) error {
	hint := "see the README of steps/" + step.Name
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return failure.New(failure.Config, "", "", hint, "%w", err)
	}
	if flags.NArg() > 0 {
		return failure.New(failure.Config, "argument", flags.Arg(0), hint, "the step takes flags only")
	}
	if asked.version {
		return asked.check()
	}
	var missing []string
	for _, name := range step.Required {
		if flags.Lookup(name).Value.String() == "" {
			missing = append(missing, "--"+name)
		}
	}
	if len(missing) > 0 {
		return failure.New(failure.Config, strings.Join(missing, ", "), "", hint, "the step needs a value")
	}
	return nil
}

// open opens the site that METRONOME_CONFIG names and does the work.
func open(stop context.Context, work Work) error {
	s, err := site.Open(stop, config.Find("", os.Getenv(config.EnvironmentVariable)))
	if err != nil {
		return err
	}
	return work(stop, s)
}

// Command simulator serves the storage providers that a profile declares until it is told to stop.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"metronome/internal/failure"
	"metronome/test/simulator"
)

func main() {
	var o options
	flag.StringVar(&o.profile, "profile", "", "profile `file` (YAML)")
	flag.StringVar(&o.data, "data", "", "`directory` below which the providers' relative roots lie (overrides the profile)")
	flag.StringVar(&o.addresses, "addresses", "", "`file` that the addresses are written to as JSON, when all answer")
	flag.StringVar(&o.counts, "counts", "", "`file` that the counts are written to as JSON at the end (default stdout)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(failure.ExitCode(err))
	}
}

type options struct{ profile, data, addresses, counts string }

// run serves until the context ends, then writes the counts.
func run(ctx context.Context, o options, stdout io.Writer) error {
	profile, err := load(o)
	if err != nil {
		return err
	}
	s, err := simulator.Open(profile)
	if err != nil {
		return err
	}
	if err := announce(s, o.addresses, stdout); err != nil {
		return errors.Join(err, s.Close())
	}
	<-ctx.Done()
	err = s.Close() // first, so that requests under way are counted
	return errors.Join(err, write(o.counts, stdout, s.AllCounts()))
}

func load(o options) (simulator.Profile, error) {
	data, err := os.ReadFile(o.profile)
	if err != nil {
		return simulator.Profile{}, failure.New(failure.Config, "profile", o.profile, "give --profile FILE",
			"read profile: %w", err)
	}
	profile, err := simulator.Parse(o.profile, data)
	if o.data != "" {
		profile.Data = o.data
	}
	return profile, err
}

// announce writes the addresses to stdout, and whole or not at all to a file.
func announce(s *simulator.Simulator, file string, stdout io.Writer) error {
	if err := write("", stdout, s.Addresses()); err != nil || file == "" {
		return err
	}
	if err := write(file+".new", nil, s.Addresses()); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// write writes JSON to a file, or to stdout where no file is named.
func write(file string, stdout io.Writer, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	data = append(data, '\n')
	if file == "" {
		_, err = stdout.Write(data)
		return err
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

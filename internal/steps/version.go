package steps

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"

	"metronome/internal/failure"
	"metronome/internal/version"
)

// versionFlags ask for the program's version, in place of its work.
type versionFlags struct {
	version bool
	output  string
}

func registerVersion(flags *flag.FlagSet) *versionFlags {
	var v versionFlags
	flags.BoolVar(&v.version, "version", false, "print the version of this program, and do nothing else")
	flags.StringVar(&v.output, "output", "table", "format of the version: table or json")
	return &v
}

func (v *versionFlags) check() error {
	if v.output != "table" && v.output != "json" {
		return failure.New(failure.Config, "--output", v.output, "write table or json", "unknown output format")
	}
	return nil
}

func (v *versionFlags) print(out io.Writer, program string) error {
	build := version.Current()
	if v.output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(build)
	}
	_, err := fmt.Fprintln(out, program, build)
	return err
}

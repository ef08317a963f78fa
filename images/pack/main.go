// Command pack makes container images without Docker: of the steps, of any Go package, or of a static binary. It prints one
// line for each: reference, digest and, where it was saved, file.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/cobra"

	"metronome/images"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	steps     []string
	all       bool
	name      string
	pkg       string
	binary    string
	tag       string
	platforms []string
	out       string
	push      string
}

func command() *cobra.Command {
	var o options
	c := &cobra.Command{
		Use:   "pack",
		Short: "Make container images without Docker",
		Example: `  pack --all --out dist
  pack --step upload --platform linux/arm64 --out dist
  pack --step upload --step pulse --push registry.example.com/team
  pack --binary bin/versitygw --name versitygw --out dist`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE:         func(cmd *cobra.Command, _ []string) error { return run(cmd, o) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&o.steps, "step", nil, "step to pack; may be repeated: "+strings.Join(images.Steps(), ", "))
	flags.BoolVar(&o.all, "all", false, "pack all steps")
	flags.StringVar(&o.name, "name", "", "name of the image of --package or --binary")
	flags.StringVar(&o.pkg, "package", "", "Go package to pack, like ./test/simulator/cmd")
	flags.StringVar(&o.binary, "binary", "", "static binary to pack")
	flags.StringVar(&o.tag, "tag", images.Version, "tag of the images")
	flags.StringSliceVar(&o.platforms, "platform", nil, "platforms, like linux/amd64,linux/arm64; both unless given")
	flags.StringVar(&o.out, "out", "", "folder for NAME.tar, loadable by docker, podman and ctr")
	flags.StringVar(&o.push, "push", "", "registry and path to push to, like registry.example.com/team")
	return c
}

// programs returns what the flags ask for.
func (o options) programs() ([]images.Program, error) {
	steps := o.steps
	if o.all {
		steps = images.Steps()
	}
	var list []images.Program
	for _, step := range steps {
		list = append(list, images.Step(step))
	}
	if o.pkg != "" || o.binary != "" {
		if o.name == "" || (o.pkg != "" && o.binary != "") {
			return nil, errors.New("expected --name and either --package or --binary")
		}
		list = append(list, images.Program{Name: o.name, Package: o.pkg, Binary: o.binary})
	}
	if len(list) == 0 {
		return nil, errors.New("nothing to pack: expected --step, --all, --package or --binary")
	}
	if o.out == "" && o.push == "" {
		return nil, errors.New("no destination: expected --out or --push")
	}
	return list, nil
}

func run(cmd *cobra.Command, o options) error {
	programs, err := o.programs()
	if err != nil {
		return err
	}
	platforms, err := parse(o.platforms)
	if err != nil {
		return err
	}
	for _, program := range programs {
		if err := packOne(cmd, o, program, platforms); err != nil {
			return err
		}
	}
	return nil
}

func parse(texts []string) ([]v1.Platform, error) {
	if len(texts) == 0 {
		return images.Platforms, nil
	}
	var platforms []v1.Platform
	for _, text := range texts {
		platform, err := v1.ParsePlatform(text)
		if err != nil {
			return nil, fmt.Errorf("parse platform %q: %w", text, err)
		}
		platforms = append(platforms, *platform)
	}
	return platforms, nil
}

// packOne packs, saves and pushes one program.
func packOne(cmd *cobra.Command, o options, program images.Program, platforms []v1.Platform) error {
	index, err := images.Pack(cmd.Context(), program, o.tag, platforms)
	if err != nil {
		return err
	}
	digest, err := index.Digest()
	if err != nil {
		return fmt.Errorf("read digest: %w", err)
	}
	reference, file := program.Name+":"+o.tag, ""
	if o.push != "" {
		reference = strings.TrimSuffix(o.push, "/") + "/" + reference
		if err := images.Push(cmd.Context(), index, reference); err != nil {
			return err
		}
	}
	if o.out != "" {
		file = filepath.Join(o.out, program.Name+".tar")
		if err := os.MkdirAll(o.out, 0o755); err != nil { //nolint:gosec // images are no secrets
			return fmt.Errorf("make folder: %w", err)
		}
		if err := images.Save(index, reference, file); err != nil {
			return err
		}
	}
	fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSpace(strings.Join([]string{reference, digest.String(), file}, " ")))
	return nil
}

package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/image"
	"metronome/test/cluster/internal/install"
	"metronome/test/cluster/internal/layout"
)

// ownImages are those that the cluster itself needs.
func ownImages(bin string) []image.Program {
	return []image.Program{
		{Tag: config.PauseImage, Name: "pause", File: filepath.Join(bin, "pause")},
		{Tag: install.ProbeImage, Name: "probe", File: filepath.Join(bin, "probe")},
		{Tag: config.ExecutorImage, Name: "argoexec", File: filepath.Join(bin, "argoexec")},
	}
}

func imageTar(bin, name string) string { return filepath.Join(bin, name+".image.tar") }

func loadCommand() *cobra.Command {
	var withKind bool
	cmd := &cobra.Command{
		Use:   "load IMAGE.tar...",
		Short: "Load container images (from `docker save` or the image packer) into the node",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			if withKind {
				return kindLoad(cmd.Context(), l, cmd.ErrOrStderr(), args)
			}
			return importImages(cmd.Context(), l, cmd.OutOrStdout(), args)
		},
	}
	addKindFlag(cmd, &withKind)
	return cmd
}

// importImages unpacks the images into containerd, one after another.
func importImages(ctx context.Context, l layout.Layout, out io.Writer, tars []string) error {
	for _, tar := range tars {
		path, err := filepath.Abs(tar)
		if err != nil {
			return fmt.Errorf("locate image: %w", err)
		}
		if err := inside(ctx, l, out, out, "ctr", "--namespace", "k8s.io", "images", "import", path); err != nil {
			return fmt.Errorf("load %s: %w", tar, err)
		}
	}
	return nil
}

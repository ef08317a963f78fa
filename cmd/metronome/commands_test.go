package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// TestEveryCommand checks what every command has in common: an example, one line about what it does, and --output json; and
// that wrong arguments are an error of usage.
func TestEveryCommand(t *testing.T) {
	t.Parallel()
	root := (&app{out: io.Discard, stderr: io.Discard}).root()
	for _, cmd := range withSubcommands(root) {
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, cmd.Short)
			require.NotRegexp(t, `\.$|\n`, cmd.Short)
			require.Regexp(t, `^[A-Z]`, cmd.Short)
			require.NotRegexp(t, `\n$`, cmd.Long)
			require.NotEmpty(t, cmd.Example)
			for line := range strings.Lines(cmd.Example) {
				require.True(t, strings.HasPrefix(line, "  "+root.Name()+" "), line)
			}
			require.Contains(t, cmd.Example, cmd.CommandPath())
			require.NotNil(t, cmd.RunE)
			require.NotNil(t, cmd.Flag("output"))
			require.NotNil(t, cmd.Args, "arguments are not validated")
			require.Error(t, cmd.Args(cmd, []string{"one", "two", "three"}))
		})
	}
}

// withSubcommands returns a command and all that are below it.
func withSubcommands(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		all = append(all, withSubcommands(sub)...)
	}
	return all
}

// TestEveryExample parses the examples of every command: its flags exist and its arguments are accepted.
func TestEveryExample(t *testing.T) {
	t.Parallel()
	root := (&app{out: io.Discard, stderr: io.Discard}).root()
	for _, cmd := range withSubcommands(root) {
		for line := range strings.Lines(cmd.Example) {
			t.Run(strings.TrimSpace(line), func(t *testing.T) {
				t.Parallel()
				line, _, _ := strings.Cut(strings.TrimSpace(line), " > ") // what follows is the shell's
				root := (&app{out: io.Discard, stderr: io.Discard}).root()
				found, args, err := root.Find(strings.Fields(line)[1:])
				require.NoError(t, err)
				require.NoError(t, found.ParseFlags(args))
				require.NoError(t, found.ValidateArgs(found.Flags().Args()))
			})
		}
	}
}

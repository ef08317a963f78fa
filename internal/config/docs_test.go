package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/config"
	"metronome/internal/provider/kind"
)

func TestTheDocumentedConfigurationIsGood(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	example, _, _ := strings.Cut(rest, "```")
	got, err := config.Parse("metronome.yaml", []byte(example))
	require.NoError(t, err)
	require.Len(t, got.Pools, 2)
	for _, provider := range kind.Names() {
		require.Contains(t, string(page), "`"+string(provider)+"`")
	}
}

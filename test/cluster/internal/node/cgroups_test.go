package node_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/test/cluster/internal/node"
)

func TestHierarchies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"version 1", "9:name=systemd:/\n2:cpu,cpuacct:/\n1:memory:/a:b\n0::/\n", []string{"name=systemd", "cpu,cpuacct", "memory"}},
		{"version 2", "0::/user.slice\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, node.Hierarchies(test.text))
		})
	}
}

package layout_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/test/cluster/internal/layout"
)

func TestLayoutFollowsFromPath(t *testing.T) {
	t.Parallel()
	first := layout.Of("/home/one/metronome")
	require.Equal(t, first, layout.Of("/home/one/metronome"))
	require.Equal(t, "/home/one/metronome/.cache/cluster/pki/ca.crt", first.PKI("ca.crt"))
	require.Equal(t, "https://"+first.Node.String()+":6443", first.APIServer())

	other := layout.Of("/home/two/metronome")
	require.NotEqual(t, first.Node, other.Node)
	require.NotEqual(t, first.Veth, other.Veth)
	require.NotEqual(t, first.Cgroup, other.Cgroup)
}

func TestAddressesAreOneSubnet(t *testing.T) {
	t.Parallel()
	benchmark := netip.MustParsePrefix("198.18.0.0/15")
	for _, repo := range []string{"/", "/a", "/b", "/home/somebody/a/rather/long/path/to/metronome"} {
		l := layout.Of(repo)
		subnet := netip.PrefixFrom(l.Host, 30).Masked()
		require.True(t, benchmark.Contains(l.Host))
		require.True(t, subnet.Contains(l.Node))
		require.Equal(t, subnet.Addr().Next(), l.Host)
		require.Equal(t, l.Host.Next(), l.Node)
		require.LessOrEqual(t, len(l.Veth), 15, "interface names have 15 bytes at most")
	}
}

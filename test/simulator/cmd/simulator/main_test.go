package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/test/simulator"
)

func TestRunServesUntilToldToStopThenWritesTheCounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := options{
		profile: filepath.Join(dir, "profile.yaml"), data: filepath.Join(dir, "data"),
		addresses: filepath.Join(dir, "addresses.json"), counts: filepath.Join(dir, "counts.json"),
	}
	require.NoError(t, os.WriteFile(o.profile, []byte("providers: [{name: dav, kind: webdav}]"), 0o644))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var stdout bytes.Buffer
	ended := make(chan error)
	go func() { ended <- run(ctx, o, &stdout) }()

	var addresses simulator.Addresses
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(o.addresses)
		return err == nil && json.Unmarshal(data, &addresses) == nil
	}, 10*time.Second, 5*time.Millisecond)
	require.Equal(t, filepath.Join(dir, "data", "dav"), addresses.Providers["dav"].Root)
	response, err := http.Post(addresses.Providers["dav"].URL+"/a", "text/plain", strings.NewReader("x"))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	stop()
	require.NoError(t, <-ended)
	var counts map[string]simulator.Counts
	data, err := os.ReadFile(o.counts)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &counts))
	require.Equal(t, map[string]int{"POST": 1}, counts["dav"].Methods)
	require.Contains(t, stdout.String(), addresses.Admin)
}

func TestRunRefusesABadProfile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "profile.yaml")
	require.NoError(t, os.WriteFile(file, []byte("providers: [{name: dav, kind: webdav, colour: red}]"), 0o644))
	for _, profile := range []string{file, file + ".not"} {
		err := run(context.Background(), options{profile: profile}, nil)
		require.Error(t, err)
		require.Equal(t, failure.ExitBadConfig, failure.ExitCode(err))
	}
}

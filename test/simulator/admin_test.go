package simulator_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/test/simulator"
)

func TestAdmin(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := startDav(t, simulator.Provider{})
	client := simulator.NewClient(s.AdminURL() + "/")
	require.NoError(t, client.Healthy(ctx))
	addresses, err := client.Addresses(ctx)
	require.NoError(t, err)
	require.Equal(t, s.Addresses(), addresses)

	require.Equal(t, http.StatusCreated, ask(t, "PUT", s.URL("dav")+"/a", "one").status)
	counts, err := client.Counts(ctx, "dav")
	require.NoError(t, err)
	require.Equal(t, 1, counts.Requests)
	require.Len(t, counts.Cells, 1)
	require.Equal(t, s.Counts("dav").Cells, counts.Cells)
	all, err := client.AllCounts(ctx)
	require.NoError(t, err)
	require.Equal(t, map[int]int{201: 1}, all["dav"].Statuses)
	require.Empty(t, all["dav"].Cells)
	files, err := client.Files(ctx, "dav")
	require.NoError(t, err)
	stored, err := s.Files("dav")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	require.Equal(t, stored, files)

	ended, err := client.Reset(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, ended["dav"].Requests)
	require.Equal(t, 1, ended["dav"].Period)
	require.Zero(t, s.Counts("dav").Requests)
}

func TestAdminChangesWhatProvidersDo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := startDav(t, simulator.Provider{})
	client, url := simulator.NewClient(s.AdminURL()), s.URL("dav")+"/a"

	require.NoError(t, client.SetLimits(ctx, "dav", simulator.Limit{RequestsPerSecond: 0.001, Burst: 1}))
	require.Equal(t, http.StatusCreated, ask(t, "PUT", url, "one").status)
	require.Equal(t, http.StatusTooManyRequests, ask(t, "PUT", url, "one").status)
	require.NoError(t, client.SetLimits(ctx, "dav"))
	require.NoError(t, client.SetPaths(ctx, "dav", simulator.PathRule{Pattern: "^/a$", Status: 507}))
	require.Equal(t, http.StatusInsufficientStorage, ask(t, "PUT", url, "one").status)
	require.NoError(t, client.SetPaths(ctx, "dav"))
	require.NoError(t, client.SetFaults(ctx, "dav", simulator.Faults{Errors: 1, ErrorStatuses: []int{502}}))
	require.Equal(t, http.StatusBadGateway, ask(t, "PUT", url, "one").status)
	require.NoError(t, client.SetFaults(ctx, "dav", simulator.Faults{}))
	require.Equal(t, http.StatusCreated, ask(t, "PUT", url, "one").status)
}

func TestAdminRefusesNonsense(t *testing.T) {
	t.Parallel()
	s := startDav(t, simulator.Provider{})
	tests := map[string]struct {
		path, body string
		status     int
		says       string
	}{
		"unknown provider": {"/limits/nobody", "[]", 404, "no provider nobody"},
		"unknown key":      {"/limits/dav", `[{"requestsPerSecnd": 3}]`, 400, "requestsPerSecnd: unknown key"},
		"no number":        {"/limits/dav", `[{}]`, 400, "limits[0]: needs either"},
		"bad pattern":      {"/paths/dav", `[{pattern: "(", status: 500}]`, 400, `paths[0].pattern "(": is not a regular`},
		"bad share":        {"/faults/dav", `{errors: 2}`, 400, "must not be more than 1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ask(t, "POST", s.AdminURL()+tt.path, tt.body)
			require.Equal(t, tt.status, got.status)
			require.Contains(t, got.body, tt.says)
		})
	}
}

package simulator_test

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"metronome/test/simulator"
)

// answered is what a client saw.
type answered struct {
	status int
	header http.Header
	body   string
}

// ask sends one request; headers come in pairs.
func ask(t *testing.T, method, url, body string, headers ...string) answered {
	t.Helper()
	got, err := try(method, url, body, headers...)
	require.NoError(t, err)
	return got
}

func try(method, url, body string, headers ...string) (answered, error) {
	request, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		return answered{}, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answered{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	return answered{response.StatusCode, response.Header, string(content)}, err
}

// startDav serves one WebDAV provider of the name "dav".
func startDav(t *testing.T, provider simulator.Provider) *simulator.Simulator {
	t.Helper()
	provider.Name, provider.Kind = "dav", simulator.KindWebDAV
	return simulator.Start(t, simulator.Profile{Seed: 1, Providers: []simulator.Provider{provider}})
}

func TestServesFiles(t *testing.T) {
	t.Parallel()
	s := startDav(t, simulator.Provider{})
	url := s.URL("dav")
	require.Equal(t, http.StatusCreated, ask(t, "MKCOL", url+"/acme", "").status)
	require.Equal(t, http.StatusCreated, ask(t, "PUT", url+"/acme/a.txt", "one").status)
	require.Equal(t, http.StatusConflict, ask(t, "PUT", url+"/none/a.txt", "one").status)
	require.Equal(t, "one", ask(t, "GET", url+"/acme/a.txt", "").body)
	require.Equal(t, http.StatusMultiStatus, ask(t, "PROPFIND", url+"/acme", "", "Depth", "1").status)

	files, err := s.Files("dav")
	require.NoError(t, err)
	require.Equal(t, simulator.Snapshot{
		"acme/": "", "acme/a.txt": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
	}, files)
	counts := s.Counts("dav")
	require.Equal(t, 5, counts.Requests)
	require.Equal(t, map[int]int{201: 2, 409: 1, 200: 1, 207: 1}, counts.Statuses)
	require.Equal(t, map[string]int{"MKCOL": 1, "PUT": 2, "GET": 1, "PROPFIND": 1}, counts.Methods)
	require.Equal(t, 4, counts.Accounts["acme"].Requests)
	require.Equal(t, 1, counts.Accounts["none"].Requests)
	require.Zero(t, counts.Overwrites)
}

func TestCountsAreExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	s := startDav(t, simulator.Provider{Limits: []simulator.Limit{{RequestsPerSecond: 0.001, Burst: 150}}})
	const clients, each = 10, 30
	var group errgroup.Group
	statuses := make([]map[int]int, clients)
	for i := range clients {
		statuses[i] = map[int]int{}
		group.Go(func() error {
			for range each {
				got, err := try("PROPFIND", s.URL("dav")+"/", "", "Depth", "0")
				if err != nil {
					return err
				}
				statuses[i][got.status]++
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	seen := map[int]int{}
	for _, status := range statuses {
		for code, n := range status {
			seen[code] += n
		}
	}
	counts := s.Counts("dav")
	require.Equal(t, map[int]int{207: 150, 429: 150}, seen)
	require.Equal(t, seen, counts.Statuses)
	require.Equal(t, clients*each, counts.Requests)
	require.Equal(t, 150, counts.Outcomes[simulator.Throttled])
	require.Zero(t, counts.InFlight)
	cells := 0
	for _, cell := range counts.Cells {
		cells += cell.Requests
	}
	require.Equal(t, clients*each, cells)
}

func TestThrottledRequestIsNotApplied(t *testing.T) {
	t.Parallel()
	s := startDav(t, simulator.Provider{Limits: []simulator.Limit{{RequestsPerSecond: 0.1, Burst: 1}}})
	require.Equal(t, http.StatusCreated, ask(t, "PUT", s.URL("dav")+"/a", "one").status)
	refused := ask(t, "PUT", s.URL("dav")+"/a", "two")
	require.Equal(t, http.StatusTooManyRequests, refused.status)
	seconds, err := strconv.Atoi(refused.header.Get("Retry-After"))
	require.NoError(t, err)
	require.Equal(t, 10, seconds)
	files, err := s.Files("dav")
	require.NoError(t, err)
	require.Equal(t, simulator.Snapshot{"a": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"}, files)
	require.Equal(t, 1, s.Counts("dav").Outcomes[simulator.Throttled])
	require.Zero(t, s.Counts("dav").Overwrites)
}

package simulator_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"metronome/test/simulator"
)

// breakUpload announces ten bytes, sends four and goes away.
func breakUpload(t *testing.T, url, path string) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	_, err = fmt.Fprintf(connection, "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nfour", path)
	require.NoError(t, err)
	require.NoError(t, connection.(*net.TCPConn).CloseWrite())
	_, _ = bufio.NewReader(connection).ReadString('\n') // the server has seen the end when it answers or closes
	require.NoError(t, connection.Close())
}

func TestBrokenUpload(t *testing.T) {
	t.Parallel()
	tests := map[simulator.Put]struct {
		file       string // content of a file that was there before
		fresh      bool   // whether a file that was not there appears
		overwrites int
	}{
		simulator.PutAtomic:     {"before", false, 0},
		simulator.PutTruncating: {"four", true, 1},
	}
	for mode, tt := range tests {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := startDav(t, simulator.Provider{WebDAV: simulator.WebDAV{Put: mode}})
			url := s.URL("dav")
			require.Equal(t, http.StatusCreated, ask(t, "PUT", url+"/there", "before").status)
			breakUpload(t, url, "/there")
			breakUpload(t, url, "/fresh")
			require.Eventually(t, func() bool { return s.Counts("dav").Outcomes[simulator.Aborted] == 2 },
				10*time.Second, 5*time.Millisecond)
			require.Equal(t, tt.file, ask(t, "GET", url+"/there", "").body)
			files, err := s.Files("dav")
			require.NoError(t, err)
			require.Equal(t, tt.fresh, files["fresh"] != "")
			require.Equal(t, tt.overwrites, s.Counts("dav").Overwrites)
		})
	}
}

func TestPutReplacesAndIsCounted(t *testing.T) {
	t.Parallel()
	for _, mode := range []simulator.Put{simulator.PutAtomic, simulator.PutTruncating} {
		s := startDav(t, simulator.Provider{WebDAV: simulator.WebDAV{Put: mode}})
		url := s.URL("dav")
		for _, body := range []string{"one, longer", "two"} {
			require.Equal(t, http.StatusCreated, ask(t, "PUT", url+"/a", body).status)
		}
		require.Equal(t, "two", ask(t, "GET", url+"/a", "").body)
		require.Equal(t, 1, s.Counts("dav").Overwrites)

		here := []string{"Destination", url + "/b"}
		require.Equal(t, http.StatusCreated, ask(t, "COPY", url+"/a", "", here...).status)
		require.Equal(t, 1, s.Counts("dav").Overwrites)
		require.Equal(t, http.StatusPreconditionFailed, ask(t, "COPY", url+"/a", "", append(here, "Overwrite", "F")...).status)
		require.Equal(t, http.StatusNoContent, ask(t, "COPY", url+"/a", "", append(here, "Overwrite", "T")...).status)
		require.Equal(t, 2, s.Counts("dav").Overwrites)
		require.Equal(t, http.StatusNoContent, ask(t, "MOVE", url+"/a", "", append(here, "Overwrite", "T")...).status)
		require.Equal(t, 3, s.Counts("dav").Overwrites)

		require.Equal(t, http.StatusNoContent, ask(t, "DELETE", url+"/b", "").status)
		require.Equal(t, http.StatusNotFound, ask(t, "DELETE", url+"/b", "").status)
		require.Equal(t, 2, s.Counts("dav").Deletes)
	}
}

func TestPreconditions(t *testing.T) {
	t.Parallel()
	for honoured, status := range map[bool]int{true: http.StatusPreconditionFailed, false: http.StatusCreated} {
		s := startDav(t, simulator.Provider{WebDAV: simulator.WebDAV{Preconditions: honoured}})
		url := s.URL("dav") + "/a"
		require.Equal(t, http.StatusCreated, ask(t, "PUT", url, "one", "If-None-Match", "*").status)
		require.Equal(t, status, ask(t, "PUT", url, "two", "If-None-Match", "*").status)
		tag := ask(t, "GET", url, "").header.Get("ETag")
		require.Equal(t, http.StatusCreated, ask(t, "PUT", url, "three", "If-Match", tag).status)
		require.Equal(t, status, ask(t, "PUT", url, "four", "If-Match", tag).status)
		require.Equal(t, status, ask(t, "PUT", s.URL("dav")+"/b", "five", "If-Match", "*").status)
		require.Equal(t, map[bool]string{true: "three", false: "four"}[honoured], ask(t, "GET", url, "").body)
	}
}

func TestOneOfManyConditionalCreatesWins(t *testing.T) {
	t.Parallel()
	for _, mode := range []simulator.Put{simulator.PutAtomic, simulator.PutTruncating} {
		s := startDav(t, simulator.Provider{WebDAV: simulator.WebDAV{Preconditions: true, Put: mode}})
		created := make(chan int, 16)
		var group errgroup.Group
		for i := range cap(created) {
			group.Go(func() error {
				got, err := try("PUT", s.URL("dav")+"/raced", strconv.Itoa(i), "If-None-Match", "*")
				created <- got.status
				return err
			})
		}
		require.NoError(t, group.Wait())
		close(created)
		won := 0
		for status := range created {
			if status == http.StatusCreated {
				won++
				continue
			}
			require.Contains(t, []int{http.StatusPreconditionFailed, http.StatusLocked}, status)
		}
		require.Equal(t, 1, won)
		require.Zero(t, s.Counts("dav").Overwrites)
	}
}

func TestInfinitePropfind(t *testing.T) {
	t.Parallel()
	tests := map[simulator.Infinity]struct {
		status int
		deep   bool
	}{
		simulator.InfinityAllow:   {http.StatusMultiStatus, true},
		simulator.InfinityRefuse:  {http.StatusForbidden, false},
		simulator.InfinityFlatten: {http.StatusMultiStatus, false},
	}
	for mode, tt := range tests {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := startDav(t, simulator.Provider{WebDAV: simulator.WebDAV{Infinity: mode}})
			url := s.URL("dav")
			for _, folder := range []string{"/a", "/a/b", "/a/b/c"} {
				require.Equal(t, http.StatusCreated, ask(t, "MKCOL", url+folder, "").status)
			}
			for _, headers := range [][]string{nil, {"Depth", "infinity"}} {
				got := ask(t, "PROPFIND", url+"/a", "", headers...)
				require.Equal(t, tt.status, got.status)
				require.Equal(t, tt.deep, strings.Contains(got.body, "/a/b/c/"))
			}
			require.Equal(t, http.StatusMultiStatus, ask(t, "PROPFIND", url+"/a", "", "Depth", "1").status)
		})
	}
}

func TestDroppedConnections(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		faults  simulator.Faults
		applied bool
	}{
		"before": {simulator.Faults{DropBefore: 1}, false},
		"during": {simulator.Faults{DropDuring: 1}, false},
		"after":  {simulator.Faults{DropAfter: 1}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.faults.Methods = []string{"PUT", "MKCOL"}
			s := startDav(t, simulator.Provider{Faults: tt.faults})
			_, err := try("PUT", s.URL("dav")+"/file", strings.Repeat("x", 100_000))
			require.Error(t, err)
			_, err = try("MKCOL", s.URL("dav")+"/folder", "")
			require.Error(t, err)
			require.Equal(t, http.StatusMultiStatus, ask(t, "PROPFIND", s.URL("dav")+"/", "").status)
			files, err := s.Files("dav")
			require.NoError(t, err)
			require.Equal(t, tt.applied, files["file"] != "")
			require.Len(t, files, map[bool]int{true: 2, false: 0}[tt.applied])
			require.Equal(t, map[simulator.Outcome]int{simulator.Dropped: 2, simulator.Served: 1}, s.Counts("dav").Outcomes)
			require.Equal(t, map[int]int{0: 2, 207: 1}, s.Counts("dav").Statuses)
		})
	}
}

func TestCutUploadLeavesATruncatedFileWhereDeclared(t *testing.T) {
	t.Parallel()
	s := startDav(t, simulator.Provider{
		Faults: simulator.Faults{DropDuring: 1}, WebDAV: simulator.WebDAV{Put: simulator.PutTruncating},
	})
	_, err := try("PUT", s.URL("dav")+"/file", "0123456789")
	require.Error(t, err)
	require.NoError(t, s.SetFaults("dav", simulator.Faults{}))
	require.Equal(t, "01234", ask(t, "GET", s.URL("dav")+"/file", "").body)
}

func TestSlowBodies(t *testing.T) {
	t.Parallel()
	s := startDav(t, simulator.Provider{Faults: simulator.Faults{Slow: 1, BytesPerSecond: 100}})
	start := time.Now()
	require.Equal(t, http.StatusCreated, ask(t, "PUT", s.URL("dav")+"/file", "a body of 20 bytes..").status)
	require.GreaterOrEqual(t, time.Since(start), 200*time.Millisecond)
	start = time.Now()
	require.Equal(t, "a body of 20 bytes..", ask(t, "GET", s.URL("dav")+"/file", "").body)
	require.GreaterOrEqual(t, time.Since(start), 200*time.Millisecond)
}

func TestLongAnswersAreWhole(t *testing.T) {
	t.Parallel()
	s := startDav(t, simulator.Provider{})
	body := strings.Repeat("0123456789", 300_000)
	require.Equal(t, http.StatusCreated, ask(t, "PUT", s.URL("dav")+"/long", body).status)
	require.Equal(t, body, ask(t, "GET", s.URL("dav")+"/long", "").body)
	require.Equal(t, int64(len(body)), s.Counts("dav").BytesReceived)
}

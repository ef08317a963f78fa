package gate_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/test/cluster/internal/gate"
)

func TestGateIsOpenWhileReady(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "through")
	}))
	t.Cleanup(server.Close)
	address := freeAddress(t)
	var ready atomic.Bool
	go func() {
		_ = gate.Gate{Listen: address, Target: server.Listener.Addr().String(), Ready: ready.Load}.Run()
	}()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	text := func() string {
		answer, err := client.Get("http://" + address)
		if err != nil {
			return err.Error()
		}
		defer func() { _ = answer.Body.Close() }()
		body, _ := io.ReadAll(answer.Body)
		return string(body)
	}
	for range 2 {
		require.Contains(t, text(), "connection refused")
		ready.Store(true)
		require.Eventually(t, func() bool { return text() == "through" }, 10*time.Second, 10*time.Millisecond)
		ready.Store(false)
		require.Eventually(t, func() bool { return text() != "through" }, 10*time.Second, 10*time.Millisecond)
	}
}

func TestAPIServerIsReadyWhenItSaysSo(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			status.Store(http.StatusNotFound)
		}
		w.WriteHeader(int(status.Load()))
	}))
	ready := gate.APIServer(server.Listener.Addr().String())
	status.Store(http.StatusForbidden)
	require.False(t, ready())
	status.Store(http.StatusOK)
	require.True(t, ready())
	server.Close()
	require.False(t, ready())
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	return listener.Addr().String()
}

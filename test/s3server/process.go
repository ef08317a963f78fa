package s3server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

var errEnded = errors.New("the server ended at once")

// launch starts the process and waits for it on one locked thread: the kernel's parent-death signal fires when the
// starting thread ends, not the process (go.dev/issue/27505).
func (s *Server) launch(cmd *exec.Cmd) error {
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(s.done)
		err := cmd.Start()
		started <- err
		if err == nil {
			s.err = ignoreStop(cmd.Wait())
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start S3 server: %w", err)
	}
	return nil
}

// ignoreStop returns nil for the ways in which a server ends that was told to.
func ignoreStop(err error) error {
	var exit *exec.ExitError
	if err == nil || errors.Is(err, context.Canceled) || errors.As(err, &exit) && !exit.Exited() {
		return nil
	}
	return fmt.Errorf("wait for S3 server: %w", err)
}

// waitReady asks the server's health path, which no other server on this port would know.
func (s *Server) waitReady(ctx context.Context, health string) error {
	deadline := time.NewTimer(startTimeout)
	defer deadline.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		if answers(ctx, s.Endpoint+health) {
			return nil
		}
		select {
		case <-s.done:
			return errEnded
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return fmt.Errorf("no answer from %s within %s", s.Endpoint, startTimeout)
		case <-again.C:
		}
	}
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func healthPath() string { return "health-" + rand.Text() }

func freePort(ctx context.Context) (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

package s3server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// What every server is started with.
const (
	AccessKey = "metronome"
	SecretKey = "metronome-secret"
	Region    = "us-east-1"
)

const (
	startAttempts = 5                // a port that was free may be taken by another process meanwhile
	startTimeout  = 20 * time.Second // on a busy machine; about 100 ms otherwise
	stopGrace     = 5 * time.Second  // between SIGTERM and SIGKILL
)

// Server is a running S3 server with path-style addressing.
type Server struct {
	Endpoint  string // http://127.0.0.1:<port>
	AccessKey string
	SecretKey string
	Region    string
	Dir       string // <Dir>/<bucket>/<key> is the object's file

	stop context.CancelFunc
	done chan struct{} // closed when the process has ended
	err  error         // how it ended; valid after done
}

// TB is what Start needs of *testing.T.
type TB interface {
	Helper()
	Context() context.Context
	TempDir() string
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Start runs a server on an empty directory until the test ends.
func Start(t TB) *Server {
	t.Helper()
	server, err := Run(context.WithoutCancel(t.Context()), t.TempDir())
	if err != nil {
		t.Fatalf("start S3 server: %v", err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	return server
}

// Run runs a server on a free loopback port, with its objects below dir, until ctx is done or Stop is called.
// It returns when the server answers.
func Run(ctx context.Context, dir string) (*Server, error) {
	binary, err := Binary(ctx)
	if err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find folder %s: %w", dir, err)
	}
	for attempt := 1; ; attempt++ {
		server, err := start(ctx, binary, dir)
		if err == nil || attempt == startAttempts || ctx.Err() != nil || !errors.Is(err, errEnded) {
			return server, err
		}
	}
}

func start(ctx context.Context, binary, dir string) (*Server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	objects := filepath.Join(dir, "objects")
	if err := os.MkdirAll(objects, 0o755); err != nil {
		return nil, fmt.Errorf("create folder of objects: %w", err)
	}
	log, err := os.Create(filepath.Join(dir, "versitygw.log"))
	if err != nil {
		return nil, fmt.Errorf("create log of S3 server: %w", err)
	}
	defer func() { _ = log.Close() }() // the server has its own

	ctx, cancel := context.WithCancel(ctx)
	s := &Server{
		Endpoint: "http://" + address, AccessKey: AccessKey, SecretKey: SecretKey, Region: Region, Dir: objects,
		stop: cancel, done: make(chan struct{}),
	}
	health := "/" + healthPath()
	cmd := exec.CommandContext(ctx, binary, "--port", address, "--health", health, "--region", Region, "--keep-alive",
		"--quiet", "posix", objects)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+AccessKey, "ROOT_SECRET_ACCESS_KEY="+SecretKey)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.WaitDelay = stopGrace
	endWithParent(cmd)
	if err := s.launch(cmd); err != nil {
		cancel()
		return nil, err
	}
	if err := s.waitReady(ctx, health); err != nil {
		_ = s.Stop()
		return nil, fmt.Errorf("start %s: %w%s", binary, err, tail(log.Name()))
	}
	return s, nil
}

// Stop ends the server and waits until it is gone. It may be called more than once.
func (s *Server) Stop() error {
	s.stop()
	<-s.done
	return s.err
}

// Env returns the environment variables that make AWS SDKs talk to the server as a subprocess's default.
func (s *Server) Env() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + s.AccessKey, "AWS_SECRET_ACCESS_KEY=" + s.SecretKey,
		"AWS_REGION=" + s.Region, "AWS_ENDPOINT_URL=" + s.Endpoint, "AWS_EC2_METADATA_DISABLED=true",
	}
}

func tail(logFile string) string {
	const most = 2000
	output, err := os.ReadFile(logFile)
	if err != nil || len(output) == 0 {
		return ""
	}
	return "\n" + string(output[max(0, len(output)-most):])
}

// Package upgrade takes up a ledger that an earlier program left: finished, cancelled and interrupted runs, learned tempos and
// what people asked for. The interrupted period is finished and the next one rolled, with the documents that the earlier
// program made of the same ledger.
package upgrade

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"metronome/test/installation"
	"metronome/test/simulator"
)

var (
	program = flag.String("program", "", "the metronome program to test; default: that of this tree")
	update  = flag.Bool("update", false, "write the golden documents anew; with -program of the version that left the ledger")
)

func TestMain(m *testing.M) {
	code := m.Run()
	installation.Clean()
	os.Exit(code)
}

// profile serves the storage of the customers in testdata.
const profile = `providers:
  - name: north
    kind: webdav
    limits: [{requestsPerSecond: 200, burst: 100}]
  - name: south
    kind: s3
    accounts: {segment: 2}
    s3: {buckets: [close]}
    limits: [{requestsPerSecond: 200, burst: 100}]
`

// site is a copy of what an earlier program left, with the customers' storage served again.
type site struct {
	dir       string
	earlier   []string // ids of the runs that were there
	providers *simulator.Simulator
}

// unpack copies testdata/<name> to a new folder and serves the storage in it.
func unpack(t *testing.T, name string) *site {
	t.Helper()
	parsed, err := simulator.Parse("profile", []byte(profile))
	require.NoError(t, err)
	s := &site{dir: t.TempDir(), providers: simulator.Start(t, parsed)}
	require.NoError(t, os.CopyFS(s.dir, os.DirFS(filepath.Join("testdata", name))))
	runs, err := os.ReadDir(s.path("runs"))
	require.NoError(t, err)
	for _, run := range runs {
		s.earlier = append(s.earlier, run.Name())
	}
	config := installation.RcloneConfig(s.providers)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "rclone.conf"), []byte(config), 0o600))
	s.makeFolders(t)
	for _, pool := range s.providers.Providers() {
		root := os.DirFS(filepath.Join(s.dir, "storage", pool))
		require.NoError(t, fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := fs.ReadFile(root, path)
			s.store(t, pool, path, data)
			return err
		}))
	}
	s.providers.Reset()
	return s
}

// makeFolders makes the folders that folders.txt lists, a <pool>:<path>/ a line: a checkout has no empty folders, and on
// object storage a folder is an object.
func (s *site) makeFolders(t *testing.T) {
	t.Helper()
	list, err := os.ReadFile(filepath.Join(s.dir, "folders.txt"))
	require.NoError(t, err)
	for line := range strings.Lines(string(list)) {
		pool, path, found := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		require.True(t, found, "folders.txt: %q", line)
		s.store(t, pool, path, nil)
	}
}

// store puts a file straight into a provider's storage, as its people do; a path that ends in a slash is a folder.
func (s *site) store(t *testing.T, pool, path string, data []byte) {
	t.Helper()
	if s.providers.Address(pool).Login != nil {
		bucket, key, _ := strings.Cut(path, "/")
		_, err := s.objects(pool).PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(data),
		})
		require.NoError(t, err, path)
		return
	}
	file := filepath.Join(s.providers.Root(pool), filepath.FromSlash(path))
	if strings.HasSuffix(path, "/") {
		require.NoError(t, os.MkdirAll(file, 0o755))
		return
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, data, 0o600))
}

// objects is a client of an S3 provider.
func (s *site) objects(pool string) *s3.Client {
	address := s.providers.Address(pool)
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(address.URL), Region: address.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(address.AccessKey, address.SecretKey, ""),
	})
}

// command makes a command of the program under test.
func (s *site) command(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path := *program
	if path == "" {
		path = installation.Program(t)
	}
	command := exec.CommandContext(ctx, path, args...)
	command.Env = append(os.Environ(), "METRONOME_CONFIG="+filepath.Join(s.dir, "metronome.yaml"), "KUBECONFIG="+filepath.Join(s.dir, "none"))
	return command
}

// metronome runs a command to its end, expects an exit code, and returns what it printed.
func (s *site) metronome(t *testing.T, exitCode int, args ...string) (out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := s.command(t.Context(), t, args...)
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		require.NoError(t, err)
	}
	require.Equal(t, exitCode, command.ProcessState.ExitCode(), "metronome %s\n%s\n%s", fmt.Sprint(args), &stdout, &stderr)
	return stdout.String(), stderr.String()
}

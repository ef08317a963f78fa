package ledger_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/ledger"
	"metronome/test/s3server"
)

const bucketName = "ledger"

const awsProfiles = `
[profile impatient]
aws_access_key_id = ` + s3server.AccessKey + `
aws_secret_access_key = ` + s3server.SecretKey + `
max_attempts = 2
[profile stranger]
aws_access_key_id = stranger
aws_secret_access_key = secret
[profile forgetful]
aws_access_key_id = ` + s3server.AccessKey + `
aws_secret_access_key = forgotten
[profile empty]
output = json
[profile abroad]
aws_access_key_id = ` + s3server.AccessKey + `
aws_secret_access_key = ` + s3server.SecretKey + `
region = eu-central-1
`

var (
	serverDir    string
	sharedServer = sync.OnceValues(func() (*s3server.Server, error) {
		server, err := s3server.Run(context.Background(), serverDir)
		if err != nil {
			return nil, err
		}
		return server, server.CreateBucket(context.Background(), bucketName)
	})
)

// TestMain is also the main function of the child processes that the tests start.
func TestMain(m *testing.M) {
	if job, ok := os.LookupEnv(jobVariable); ok {
		os.Exit(work(job))
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "ledger-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	serverDir = filepath.Join(dir, "s3")
	profiles := filepath.Join(dir, "profiles")
	if err := os.WriteFile(profiles, []byte(awsProfiles), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": s3server.AccessKey, "AWS_SECRET_ACCESS_KEY": s3server.SecretKey,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": profiles, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_REGION": "", "AWS_PROFILE": "", "AWS_ENDPOINT_URL": "", "AWS_SESSION_TOKEN": "",
	} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := m.Run()
	if server, err := sharedServer(); err == nil {
		_ = server.Stop()
	}
	return code
}

// server returns the S3 server that the tests of this package share.
func server(t *testing.T) *s3server.Server {
	t.Helper()
	server, err := sharedServer()
	require.NoError(t, err)
	return server
}

// urls are the empty ledgers that several processes can open.
func urls(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"directory": ledger.DirectoryURL(filepath.Join(t.TempDir(), "a ledger")),
		"s3":        s3URL(t, server(t).Endpoint),
	}
}

// s3URL is the URL of an empty ledger in the shared server's bucket.
func s3URL(t *testing.T, endpoint string) string {
	t.Helper()
	return fmt.Sprintf("s3://%s/%s/%s?endpoint=%s&pathStyle=true", bucketName, t.Name(), rand.Text(), endpoint)
}

func open(t *testing.T, url string) ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), url)
	require.NoError(t, err)
	return l
}

// onEach runs a test on an empty ledger of every backend.
func onEach(t *testing.T, test func(t *testing.T, l ledger.Ledger)) {
	t.Helper()
	t.Parallel()
	backends := map[string]func(t *testing.T) ledger.Ledger{
		"memory":    func(*testing.T) ledger.Ledger { return ledger.NewMemory() },
		"directory": func(t *testing.T) ledger.Ledger { return open(t, urls(t)["directory"]) },
		"directory without hard links": func(t *testing.T) ledger.Ledger {
			return ledger.WithoutHardLinks(open(t, urls(t)["directory"]))
		},
		"s3": func(t *testing.T) ledger.Ledger { return open(t, urls(t)["s3"]) },
	}
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, backend(t))
		})
	}
}

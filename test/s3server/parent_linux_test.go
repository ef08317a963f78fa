package s3server_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"metronome/test/s3server"
)

// parentVariable holds the directory of the server that this test binary shall start, as a child process of a test.
const parentVariable = "S3SERVER_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir, ok := os.LookupEnv(parentVariable); ok {
		os.Exit(parent(dir))
	}
	os.Exit(m.Run())
}

// parent starts a server and waits to be killed.
func parent(dir string) int {
	server, err := s3server.Run(context.Background(), dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_, _ = fmt.Fprintln(os.Stdout, server.Endpoint)
	select {}
}

func TestServerEndsWithItsParent(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentVariable+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	said := bufio.NewScanner(stdout)
	require.True(t, said.Scan())
	server := s3server.Server{
		Endpoint: said.Text(), AccessKey: s3server.AccessKey, SecretKey: s3server.SecretKey, Region: s3server.Region,
	}
	_, err = server.Client().ListBuckets(t.Context(), &s3.ListBucketsInput{})
	require.NoError(t, err)

	require.NoError(t, cmd.Process.Kill())
	require.ErrorContains(t, cmd.Wait(), "killed")
	require.Eventually(t, func() bool {
		_, err := server.Client().ListBuckets(t.Context(), &s3.ListBucketsInput{})
		return err != nil
	}, 20*time.Second, 50*time.Millisecond)
}

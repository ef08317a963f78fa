package provider

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
)

func TestBadConfigurationIsAnErrorAndNotAnExit(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"not INI":        "[box\ntype = box\npass = s3cret",
		"no key":         "[box]\n= s3cret",
		"text":           "[box]\ns3cret\n",
		"encrypted":      "RCLONE_ENCRYPT_V0:\ns3crets3crets3crets3crets3crets3crets3crets3crets3crets3crets3crets3crets3cret",
		"later version":  "RCLONE_ENCRYPT_V9:\ns3cret",
		"encrypted, bad": "RCLONE_ENCRYPT_V0:\n***s3cret",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(context.Background(), Options{RcloneConfig: []byte(text)})
			require.Equal(t, failure.Config, failure.ClassOf(err))
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestRemotesThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	pool := openPool(t, "known", "type = webdav", "url = http://127.0.0.1:1", "pass = not-obscured-s3cret", "[odd]", "type = crypt")
	for remote, want := range map[string]failure.Class{
		"unknown:path": failure.Config, "/tmp": failure.Config, "path": failure.Config, "": failure.Config,
		":local:/tmp": failure.Config, "known,url=http://other:path": failure.Config, "odd:path": failure.Config,
		"known:path": failure.Permanent,
	} {
		_, err := pool.Storage(context.Background(), "account", remote)
		require.Equal(t, want, failure.ClassOf(err), remote)
		require.NotContains(t, err.Error(), "s3cret")
	}
}

// Trap: importing rclone's config package creates a folder in the home directory.
func TestNothingIsCreatedInTheHomeDirectory(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBadConfigurationIsAnErrorAndNotAnExit$")
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	require.NoError(t, cmd.Run(), "%s", &output)
	var found []string
	require.NoError(t, filepath.WalkDir(home, func(path string, _ os.DirEntry, err error) error {
		if path != home {
			found = append(found, path)
		}
		return err
	}))
	require.Empty(t, found)
	require.NotContains(t, output.String(), "s3cret")
}

// Trap: rclone's dump holds credentials. Nothing of it may reach a log.
func TestNothingIsLogged(t *testing.T) {
	t.Parallel()
	if os.Getenv("METRONOME_TEST_LOG") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNothingIsLogged$", "-test.v=false")
		cmd.Env = append(os.Environ(), "METRONOME_TEST_LOG=1")
		var output bytes.Buffer
		cmd.Stdout, cmd.Stderr = &output, &output
		require.NoError(t, cmd.Run(), "%s", &output)
		require.Equal(t, "PASS\n", output.String())
		return
	}
	_, s, _, _ := davRemote(t, "", refusing("PUT", 500, nil, "broken"))
	require.Error(t, s.Create(context.Background(), "a.txt", []byte("a")))
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, refusing("PROPFIND", 401, nil, "no")(nil))
	pool := openPool(t, "secret", "type = webdav", "url = http://me:s3cret@"+url[len("http://"):]+"/?sig=s3cret",
		"bearer_token = s3cret")
	s, err := pool.Storage(context.Background(), "account", "secret:path")
	require.NoError(t, err)
	_, err = s.Tree(context.Background(), "")
	require.Equal(t, failure.Permanent, failure.ClassOf(err))
	require.NotContains(t, err.Error(), "s3cret")
	require.Equal(t, `check the credential of remote "secret" in the rclone configuration`, failure.HintOf(err))
}

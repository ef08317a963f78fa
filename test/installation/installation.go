// Package installation sets up a whole Metronome for tests: the program, a configuration, a ledger with a catalog, and a
// simulator with its storage providers.
package installation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/test/simulator"
)

// Installation is a Metronome that can be run.
type Installation struct {
	Dir       string
	Ledger    ledger.Ledger
	Simulator *simulator.Simulator
	Entities  []entity.Entity
}

// Spec says what to set up.
type Spec struct {
	Profile   simulator.Profile
	Config    string // metronome.yaml without ledger and rclone
	LedgerURL string // "": a directory
	Templates []byte // the set "standard"
	Entities  []entity.Entity
}

// New sets an installation up and takes it down when the test ends.
func New(t testing.TB, spec Spec) *Installation {
	t.Helper()
	i := &Installation{Dir: t.TempDir(), Simulator: simulator.Start(t, spec.Profile), Entities: spec.Entities}
	url := spec.LedgerURL
	if url == "" {
		url = ledger.DirectoryURL(filepath.Join(i.Dir, "ledger"))
	}
	i.write(t, "metronome.yaml", fmt.Sprintf("ledger: %q\nrclone: rclone.conf\n%s", url, spec.Config))
	i.write(t, "rclone.conf", RcloneConfig(i.Simulator))
	var err error
	i.Ledger, err = ledger.Open(t.Context(), url)
	require.NoError(t, err)
	require.NoError(t, i.Ledger.Put(t.Context(), ledger.EntitiesKey, catalog.Encode(spec.Entities)))
	require.NoError(t, i.Ledger.Put(t.Context(), ledger.TemplateSetKey("standard"), spec.Templates))
	return i
}

func (i *Installation) write(t testing.TB, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(i.Dir, name), []byte(text), 0o600))
}

// RcloneConfig returns the rclone configuration of a simulator's providers: a remote for each, under its name.
func RcloneConfig(s *simulator.Simulator) string {
	var out strings.Builder
	for _, name := range s.Providers() {
		address := s.Address(name)
		fmt.Fprintf(&out, "[%s]\n", name)
		if address.Login == nil {
			fmt.Fprintf(&out, "type = webdav\nvendor = other\nurl = %s\n\n", address.URL)
			continue
		}
		fmt.Fprintf(&out, "type = s3\nprovider = Other\nendpoint = %s\naccess_key_id = %s\nsecret_access_key = %s\nregion = %s\n\n",
			address.URL, address.AccessKey, address.SecretKey, address.Region)
	}
	return out.String()
}

// Command makes a command of the metronome program in the installation.
func (i *Installation) Command(ctx context.Context, t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(ctx, Program(t), args...)
	command.Env = append(os.Environ(), "METRONOME_CONFIG="+filepath.Join(i.Dir, "metronome.yaml"))
	return command
}

// Result is how a command ended.
type Result struct {
	ExitCode int
	Report   run.Report // of commands that print one
	Out, Err string
}

// Metronome runs a command to its end. With --output json among its arguments the report is read.
func (i *Installation) Metronome(t testing.TB, args ...string) Result {
	t.Helper()
	var out, errs bytes.Buffer
	command := i.Command(t.Context(), t, args...)
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		require.NoError(t, err)
	}
	result := Result{ExitCode: command.ProcessState.ExitCode(), Out: out.String(), Err: errs.String()}
	if strings.Contains(strings.Join(args, " "), "json") && len(result.Out) > 0 {
		require.NoError(t, json.Unmarshal(out.Bytes(), &result.Report), "stdout: %s\nstderr: %s", result.Out, result.Err)
	}
	return result
}

var program = sync.OnceValues(func() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("metronome-test-%d", os.Getpid()))
	build := exec.Command("go", "build", "-o", path, "./cmd/metronome")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build metronome: %w\n%s", err, out)
	}
	return path, nil
})

// Program builds the metronome program, once a test binary. Call Clean at the end of TestMain.
func Program(t testing.TB) string {
	t.Helper()
	path, err := program()
	require.NoError(t, err)
	return path
}

// Clean removes what Program built.
func Clean() {
	_ = os.Remove(filepath.Join(os.TempDir(), fmt.Sprintf("metronome-test-%d", os.Getpid())))
}

// Root finds the repository.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, ".golangci.yml")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("find the repository: no folder above has a .golangci.yml")
		}
		dir = filepath.Dir(dir)
	}
}

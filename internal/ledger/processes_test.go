package ledger_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/ledger"
)

// The environment variables that make this test binary a child process with a job.
const (
	jobVariable  = "LEDGER_TEST_JOB"
	urlVariable  = "LEDGER_TEST_URL"
	nameVariable = "LEDGER_TEST_NAME"
)

const (
	counterKey = "pools/box/tempo.json"
	races      = 20
	increments = 25
)

// job is what a child does; it writes down what it has done.
type job func(ctx context.Context, l ledger.Ledger, name string, said io.Writer) error

// work does a child's job and gives its exit code. A child begins when its standard input ends, so that many begin at once,
// and says on standard output what it has done.
func work(name string) int {
	jobs := map[string]job{"race": race, "hammer": hammer}
	ctx := context.Background()
	l, err := ledger.Open(ctx, os.Getenv(urlVariable))
	if err == nil {
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	if err == nil {
		err = jobs[name](ctx, l, os.Getenv(nameVariable), os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// race tries to create what the other children try to create, and counts with them.
func race(ctx context.Context, l ledger.Ledger, name string, said io.Writer) error {
	for i := range races {
		_, err := l.Create(ctx, fmt.Sprintf("runs/race/%03d.json", i), []byte(name))
		if err == nil {
			_, _ = fmt.Fprintln(said, "won", i)
		} else if !errors.Is(err, ledger.ErrExists) {
			return err
		}
	}
	for range increments {
		if err := increment(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// hammer writes in every way until it is killed.
func hammer(ctx context.Context, l ledger.Ledger, name string, said io.Writer) error {
	for i := 0; ; i++ {
		created := fmt.Sprintf("runs/%s/created/%06d/x.json", name, i)
		if _, err := l.Create(ctx, created, document(created)); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(said, "created", created)
		put := fmt.Sprintf("runs/%s/put.json", name)
		if err := l.Put(ctx, put, document(put)); err != nil {
			return err
		}
		if err := increment(ctx, l); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(said, "incremented", i)
	}
}

// document is 64 bytes to about 100 kB that tell whether they are whole.
func document(key string) []byte {
	text := key + "\n" + strings.Repeat("x", rand.N(100_000)) + "\n"
	sum := sha256.Sum256([]byte(text))
	return []byte(text + hex.EncodeToString(sum[:]))
}

func requireWhole(t *testing.T, key string, data []byte) {
	t.Helper()
	require.Greater(t, len(data), 2*sha256.Size, "%s is cut off", key)
	text, end := data[:len(data)-2*sha256.Size], data[len(data)-2*sha256.Size:]
	sum := sha256.Sum256(text)
	require.Equal(t, hex.EncodeToString(sum[:]), string(end), "%s is torn", key)
	require.True(t, strings.HasPrefix(string(text), key+"\n"), "%s holds another document", key)
}

// child is a process of this test binary.
type child struct {
	cmd   *exec.Cmd
	begin io.Closer
	said  *bufio.Scanner
}

func start(t *testing.T, job, url, name string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobVariable+"="+job, urlVariable+"="+url, nameVariable+"="+name)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return &child{cmd: cmd, begin: stdin, said: bufio.NewScanner(stdout)}
}

func TestProcessesRace(t *testing.T) {
	t.Parallel()
	for name, url := range urls(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t, url)
			require.NoError(t, l.Put(t.Context(), counterKey, []byte("0")))
			var processes []*child
			for i := range 5 {
				processes = append(processes, start(t, "race", url, fmt.Sprint("process ", i)))
			}
			for _, process := range processes {
				require.NoError(t, process.begin.Close())
			}
			winners := map[string]string{}
			for i, process := range processes {
				for process.said.Scan() {
					race := strings.TrimPrefix(process.said.Text(), "won ")
					require.Empty(t, winners[race], "two processes created document %s", race)
					winners[race] = fmt.Sprint("process ", i)
				}
				require.NoError(t, process.cmd.Wait())
			}
			require.Len(t, winners, races)
			for i := range races {
				data, _, err := l.Get(t.Context(), fmt.Sprintf("runs/race/%03d.json", i))
				require.NoError(t, err)
				require.Equal(t, winners[strconv.Itoa(i)], string(data))
			}
			require.Equal(t, len(processes)*increments, counter(t, l))
		})
	}
}

func TestKilledProcessesLeaveWholeDocumentsAndNoLocks(t *testing.T) {
	t.Parallel()
	const rounds, together = 25, 2
	dir := t.TempDir()
	l := open(t, ledger.DirectoryURL(dir))
	require.NoError(t, l.Put(t.Context(), counterKey, []byte("0")))
	incremented, created := 0, []string{}
	for round := range rounds {
		var processes []*child
		for i := range together {
			process := start(t, "hammer", ledger.DirectoryURL(dir), fmt.Sprintf("r%d-%d", round, i))
			require.NoError(t, process.begin.Close())
			processes = append(processes, process)
		}
		for _, process := range processes {
			said := process.sayUntilKilled(t, rand.N(20))
			incremented += strings.Count(strings.Join(said, "\n"), "incremented")
			for _, line := range said {
				if key, ok := strings.CutPrefix(line, "created "); ok {
					created = append(created, key)
				}
			}
		}
		// The kernel has released the killed processes' locks: a stuck one would let this wait until the deadline.
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		require.NoError(t, increment(ctx, l))
		cancel()
		incremented++
	}
	requireAllWhole(t, l, created)
	count := counter(t, l)
	require.GreaterOrEqual(t, count, incremented, "an acknowledged increment is lost")
	require.LessOrEqual(t, count, incremented+rounds*together, "at most the last increment of a process was not acknowledged")
	left, err := os.ReadDir(filepath.Join(dir, ".tmp"))
	require.NoError(t, err)
	require.LessOrEqual(t, len(left), rounds*together, "a process leaves one temporary file at most")
}

// sayUntilKilled kills a process after it said some lines, and gives all it said.
func (c *child) sayUntilKilled(t *testing.T, lines int) []string {
	t.Helper()
	var said []string
	for c.said.Scan() {
		said = append(said, c.said.Text())
		if len(said) == lines+1 {
			require.NoError(t, c.cmd.Process.Kill())
		}
	}
	require.ErrorContains(t, c.cmd.Wait(), "killed")
	return said
}

func requireAllWhole(t *testing.T, l ledger.Ledger, acknowledged []string) {
	t.Helper()
	keys := list(t, l, "runs/")
	require.Subset(t, keys, acknowledged)
	for _, key := range keys {
		data, _, err := l.Get(t.Context(), key)
		require.NoError(t, err)
		requireWhole(t, key, data)
	}
}

func counter(t *testing.T, l ledger.Ledger) int {
	t.Helper()
	data, _, err := l.Get(t.Context(), counterKey)
	require.NoError(t, err)
	n, err := strconv.Atoi(string(data))
	require.NoError(t, err)
	return n
}

package local

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// A worker's process in these tests is the test program again, with the ledger and what to do in its environment.
const (
	workerLedger = "LOCAL_TEST_LEDGER"
	workerDeed   = "LOCAL_TEST_DEED"
)

// What a worker's process may do: finish its batch, wait for the stop command, or end at once silently.
const (
	finish      = "finish"
	untilStop   = "until stop"
	crash       = "crash"
	badLineSent = "this is no JSON"
	// afterTheOtherPool waits for the stop word; workers of laterPool then wait until the pool "box" has stopped.
	afterTheOtherPool = "after the other pool"
	laterPool         = "drive"
)

func TestMain(m *testing.M) {
	if os.Getenv(workerLedger) != "" {
		if err := playWorker(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func workerCommand(ledgerURL, deed string) func(run.Assignment) *exec.Cmd {
	return func(a run.Assignment) *exec.Cmd {
		command := exec.Command(os.Args[0], a.Args()...)
		command.Env = append(os.Environ(), workerLedger+"="+ledgerURL, workerDeed+"="+deed)
		return command
	}
}

// playWorker writes the progress document that a worker would write, and reports its entities.
func playWorker() error {
	var a run.Assignment
	flags := flag.NewFlagSet("worker", flag.ExitOnError)
	a.RegisterFlags(flags)
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := ledger.Open(ctx, os.Getenv(workerLedger))
	if err != nil {
		return err
	}
	b, err := a.ReadBatch(ctx, l)
	if err != nil {
		return err
	}
	state := run.EntityDone
	switch os.Getenv(workerDeed) {
	case crash:
		return nil
	case untilStop, afterTheOtherPool:
		lines := bufio.NewScanner(os.Stdin)
		lines.Scan()
		if lines.Text() != StopCommand {
			return fmt.Errorf("read %q", lines.Text())
		}
		state = run.EntityWaiting
		if a.Pool == laterPool {
			if err := waitForOtherPool(ctx, l); err != nil {
				return err
			}
		}
	}
	progress := run.Progress{
		Version: run.Version, Run: b.Run, Pool: b.Pool, Batch: b.ID, Worker: a.Worker, State: run.WorkerEnded,
		Counts: run.Counts{Requests: 10}, Updated: time.Now(),
	}
	fmt.Println(badLineSent) //nolint:forbidigo // standard output is how a worker reports
	for _, member := range b.Members {
		e := run.EntityProgress{ID: member.ID, State: state, Expected: member.Expected}
		progress.Entities = append(progress.Entities, e)
		if err := json.NewEncoder(os.Stdout).Encode(e); err != nil {
			return err
		}
	}
	return ledger.PutJSON(ctx, l, run.ProgressKey(b.Run, b.Pool, b.ID), progress)
}

// waitForOtherPool waits until no worker of the pool "box" has a grant. It ends at once where the run ends its standard input.
func waitForOtherPool(ctx context.Context, l ledger.Ledger) error {
	gone := make(chan error, 1)
	go func() {
		_, err := io.ReadAll(os.Stdin)
		gone <- errors.Join(errors.New("the run ended this worker"), err)
	}()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		state, _, err := ledger.ReadJSON[tempo.State](ctx, l, run.TempoKey("box"))
		if err != nil || len(state.Grants) == 0 {
			return err
		}
		select {
		case err := <-gone:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

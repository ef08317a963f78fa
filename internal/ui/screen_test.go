package ui_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/run"
	"metronome/internal/tempo"
	"metronome/internal/ui"
)

// TestLines follows a run where no terminal is: a line per pool and beat, but no more than one in five seconds.
func TestLines(t *testing.T) {
	t.Parallel()
	requireOutput(t, `
box: 3 entities in 2 batches, about 57 requests; 1 done before
s3: nothing to do, 4 entities done before
box: 0/3, 0.0 of 10.0/s, 2 workers, 30s left
box: 1/3, 4.0 of 8.0/s, 2 workers, 24s left, 2 throttled 1 failed
box: 3/3, 5.0/s, took 8s, 2 throttled
`, func(out io.Writer) {
		screen := ui.NewScreen(out)
		screen.Begin(run.Request{Pools: []run.Pool{
			{Name: "box", Entities: 3, Batches: 2, Requests: 57, Skipped: 1}, {Name: "s3", Skipped: 4},
		}})
		beat := func(after time.Duration, requests int64, d tempo.Decision) {
			d.ExpectedEnd = morning.Add(30 * time.Second)
			throttled := min(2, requests)
			screen.Beat("box", run.Beat{At: morning.Add(after), Total: run.Counts{Requests: requests, Throttled: throttled}, Decision: d})
		}
		two := map[string]tempo.Share{"w1": {}, "w2": {}}
		end := func(id entity.ID, state run.EntityState) {
			screen.Entity("box", run.EntityProgress{ID: id, State: state})
		}
		beat(0, 0, tempo.Decision{Rate: 10, Shares: two})
		end("acme", run.EntityFailed)
		beat(3*time.Second, 10, tempo.Decision{Rate: 8, Shares: two}) // too soon for a line
		beat(6*time.Second, 24, tempo.Decision{Rate: 8, Shares: two})
		end("acme", run.EntityDone) // tried again
		end("brown", run.EntityDone)
		end("clark", run.EntityDone)
		beat(8*time.Second, 40, tempo.Decision{Done: true})
		screen.Close()
	})
}

func TestLinesOfAStoppedPool(t *testing.T) {
	t.Parallel()
	requireOutput(t, "box: 3 entities in 1 batch, about 1 request\nbox: 0/3, 0.0/s, stopped\n", func(out io.Writer) {
		screen := ui.NewScreen(out)
		screen.Begin(run.Request{Pools: []run.Pool{{Name: "box", Entities: 3, Batches: 1, Requests: 1}}})
		screen.Beat("box", run.Beat{At: morning, Decision: tempo.Decision{Done: true}})
		fmt.Fprint(screen.Logs(), "")
	})
}

func TestPrintColumns(t *testing.T) {
	t.Parallel()
	requireOutput(t, "AR     AT  AU\nAU-NT  US\n", func(out io.Writer) {
		ui.PrintColumns(out, []string{"AR", "AT", "AU", "AU-NT", "US"}, 3)
	})
}

func TestPrintError(t *testing.T) {
	t.Parallel()
	requireOutput(t, "Error: broken\n", func(out io.Writer) { ui.PrintError(out, errors.New("broken")) })
	requireOutput(t, "Error: --csv \"a.csv\": missing\nTry: name it\n", func(out io.Writer) {
		ui.PrintError(out, failure.New(failure.Config, "--csv", "a.csv", "name it", "missing"))
	})
	problems := failure.Problems{Class: failure.Data}
	for n := range 52 {
		problems.List = append(problems.List, failure.Problem{File: "list", Line: n + 1, Message: "bad"})
	}
	out := printed(func(out io.Writer) { ui.PrintError(out, problems) })
	require.Equal(t, 50, strings.Count(out, ": bad\n"))
	require.True(t, strings.HasSuffix(out, "\n… and 2 more\nTry: `metronome catalog validate --output json` lists them all\n"), out)
}

func TestPrintJSON(t *testing.T) {
	t.Parallel()
	requireOutput(t, "{\n  \"name\": \"Müller & Söhne <DE>\"\n}\n", func(out io.Writer) {
		require.NoError(t, ui.PrintJSON(out, map[string]string{"name": "Müller & Söhne <DE>"}))
	})
}

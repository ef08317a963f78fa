package pulsing

import (
	"errors"
	"math"
	"time"

	"metronome/internal/run"
)

// metrics is what a beat reports to Prometheus, through Argo: the window since the last beat, and what was decided.
type metrics struct {
	Requests      int64   `json:"requests"`
	Throttled     int64   `json:"throttled"`
	Finished      int     `json:"finished"`
	Rate          float64 `json:"rate"`
	Workers       int     `json:"workers"`
	SecondsBehind int64   `json:"secondsBehind"` // negative while in time; 0 where nothing is due or the end is not known
}

// write writes the step's outputs.
func (o *options) write(taken run.Beat, request run.Request) error {
	return errors.Join(
		o.outputs.Set("done", taken.Decision.Done),
		o.outputs.Set("wait", waitSeconds(taken.Decision.Wait)),
		o.outputs.Set("summary", shortened(taken.Decision.Reason)),
		o.outputs.Set("metrics", metrics{
			Requests: taken.SincePrevious.Requests, Throttled: taken.SincePrevious.Throttled, Finished: taken.NewlyFinished,
			Rate: taken.Decision.Rate, Workers: len(taken.Decision.Shares),
			SecondsBehind: behind(taken.Decision.ExpectedEnd, request.DueAt()),
		}),
	)
}

// summaryLength keeps a generation of twelve beats, each of which Argo stores twice, well below 100 KB.
const summaryLength = 100

// shortened cuts the reason for Argo's user interface; the beat's document and the log have the whole.
func shortened(reason string) string {
	letters := []rune(reason)
	if len(letters) <= summaryLength {
		return reason
	}
	return string(letters[:summaryLength-1]) + "…"
}

// waitSeconds rounds up to whole seconds, the unit of Argo's suspend; at least 1.
func waitSeconds(wait time.Duration) int64 { return max(1, int64(math.Ceil(wait.Seconds()))) }

// behind is how much later than the beginning of the first due date the pool is expected to end.
func behind(end, due time.Time) int64 {
	if due.IsZero() || end.IsZero() {
		return 0
	}
	return int64(end.Sub(due).Seconds())
}

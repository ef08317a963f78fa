package failure

import "errors"

// Exit codes of the CLI and of every step. Argo retries all but BadData and BadConfig, up to a limit.
// 2 and 64 are left alone: Go panics and Argo's executor use them.
const (
	ExitDone      = 0  // everything is done
	ExitOther     = 1  // an error that nobody classified
	ExitFailed    = 3  // finished, but some entities failed
	ExitBadData   = 65 // bad catalog, template set or content
	ExitTemporary = 75 // try again: a live lease, a parked or interrupted run, a provider that is down
	ExitBadConfig = 78 // bad configuration or flags
)

// ErrEntitiesFailed ends a run that finished with failed entities.
var ErrEntitiesFailed = errors.New("some entities failed")

// ExitCode returns the exit code that an error ends a process with.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, ErrEntitiesFailed):
		return ExitFailed
	}
	switch ClassOf(err) {
	case Data:
		return ExitBadData
	case Config:
		return ExitBadConfig
	case Throttled, Contention, Cap, Overload:
		return ExitTemporary
	default:
		return ExitOther
	}
}

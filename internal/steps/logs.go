package steps

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"metronome/internal/escape"
	"metronome/internal/failure"
)

// logged are the flags that every line of a step's log carries, where the step has them.
var logged = []string{"run", "pool", "batch"}

// logTo makes the process log JSON lines that say what they are about.
func logTo(out io.Writer, step string, flags *flag.FlagSet) {
	logger := slog.New(slog.NewJSONHandler(out, nil)).With("step", step)
	for _, name := range logged {
		if f := flags.Lookup(name); f != nil && f.Value.String() != "" {
			logger = logger.With(name, f.Value.String())
		}
	}
	slog.SetDefault(logger)
}

// terminationLog is where Kubernetes looks for a container's termination message; Argo shows them as the step's message.
const terminationLog = "/dev/termination-log"

// reportEnd says how the step ended, in the log and for Argo.
func reportEnd(err error) {
	if err == nil {
		return
	}
	slog.Error("step ended", "error", err, "class", failure.ClassOf(err), "hint", failure.HintOf(err),
		"exit", failure.ExitCode(err))
	message := err.Error()
	if hint := failure.HintOf(err); hint != "" {
		message = fmt.Sprintf("%s. Try: %s", message, hint)
	}
	if err := writeExisting(terminationLog, escape.Text(message)); err != nil {
		slog.Warn("could not leave a message for Argo", "error", err)
	}
}

// writeExisting writes into a file that is there already; outside of a container there is none.
func writeExisting(path, message string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, message)
	return errors.Join(err, file.Close())
}

package ui

import (
	"errors"
	"fmt"
	"io"

	"metronome/internal/failure"
)

// maxProblems is how many problems of a file are shown; a bad list has one for each of its thousands of lines.
const maxProblems = 50

// PrintError prints an error and its hint; of an error that holds many problems, the first of them.
func PrintError(out io.Writer, err error) {
	var problems failure.Problems
	if errors.As(err, &problems) {
		printProblemList(out, problems)
		return
	}
	fmt.Fprintf(out, "Error: %v\n", err)
	if hint := failure.HintOf(err); hint != "" {
		fmt.Fprintf(out, "Try: %s\n", hint)
	}
}

func printProblemList(out io.Writer, problems failure.Problems) {
	shown := problems
	shown.List = shown.List[:min(len(shown.List), maxProblems)]
	fmt.Fprintf(out, "Error: %v\n", shown)
	if more := len(problems.List) - len(shown.List); more > 0 {
		fmt.Fprintf(out, "… and %d more\n", more)
		if problems.Class == failure.Data {
			fmt.Fprintln(out, "Try: `metronome catalog validate --output json` lists them all")
		}
	}
}

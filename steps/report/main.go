// Command metronome-report is the report step: see README.md.
package main

import (
	"metronome/internal/steps"
	"metronome/internal/steps/reporting"
)

func main() { steps.Main(reporting.Step()) }

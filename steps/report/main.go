// Command metronome-report is the report step: see README.md.
package main

import (
	"metronome/internal/steps"
	"metronome/steps/report/reporting"
)

func main() { steps.Main(reporting.Step()) }

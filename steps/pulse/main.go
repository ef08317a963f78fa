// Command metronome-pulse is the pulse step: see README.md.
package main

import (
	"metronome/internal/steps"
	"metronome/steps/pulse/pulsing"
)

func main() { steps.Main(pulsing.Step()) }

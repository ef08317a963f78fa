// Command metronome-group is the group step: see README.md.
package main

import (
	"metronome/internal/steps"
	"metronome/internal/steps/grouping"
)

func main() { steps.Main(grouping.Step()) }

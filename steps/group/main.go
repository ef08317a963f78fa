// Command metronome-group is the group step: see README.md.
package main

import (
	"metronome/internal/steps"
	"metronome/steps/group/grouping"
)

func main() { steps.Main(grouping.Step()) }

// Command metronome-folders is the folders step of a worker: see README.md.
package main

import (
	"metronome/internal/receipt"
	"metronome/internal/steps"
	"metronome/internal/steps/preparing"
)

func main() { steps.Main(preparing.Step(receipt.Folders)) }

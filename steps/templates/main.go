// Command metronome-templates is the templates step of a worker: see README.md.
package main

import (
	"metronome/internal/receipt"
	"metronome/internal/steps"
	"metronome/internal/steps/preparing"
)

func main() { steps.Main(preparing.Step(receipt.Templates)) }

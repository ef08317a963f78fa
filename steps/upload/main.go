// Command metronome-upload is the upload step: see README.md.
package main

import (
	"metronome/internal/steps"
	"metronome/steps/upload/uploading"
)

func main() { steps.Main(uploading.Step()) }

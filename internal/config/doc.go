// Package config reads metronome.yaml: where the ledger is, which rclone configuration holds the remotes, the pools with
// their limits, the calendars, and the bounds of batches and beats.
//
// Parse and ParseRemotes are pure; Load and LoadRemotes read the file first. All problems of a file come back at once as
// failure.Problems of class Config. The rclone configuration is checked here before the rclone library sees it, because
// the library ends the process over a file that it cannot read. No value of it ever appears in an error.
package config

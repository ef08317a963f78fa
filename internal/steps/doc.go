// Package steps is what all step containers share: flags, the installation they work for, signals, logs, output files,
// progress and the exit code. What a single step does is in the packages below, one each, so that a step's program contains
// only what it needs: rclone is linked into the upload step alone, Argo's client into the pulse step alone.
package steps

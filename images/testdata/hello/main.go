// Command hello prints its version.
package main

import (
	"fmt"
	"os"

	"metronome/internal/version"
)

func main() { fmt.Fprintln(os.Stdout, version.Current().Version) }

// Command roots prints the certificate authorities that the images hold, for the Dockerfile.
package main

import (
	"fmt"
	"os"

	"metronome/images"
)

func main() {
	if _, err := os.Stdout.Write(images.Roots()); err != nil {
		fmt.Fprintln(os.Stderr, "print certificate authorities:", err)
		os.Exit(1)
	}
}

// Command package makes the archive of the chart, as `helm package` does, for machines without Helm. Links to the manifests
// are followed, so that the archive holds them.
package main

import (
	"flag"
	"fmt"
	"os"

	"helm.sh/helm/v3/pkg/action"
)

func main() {
	chart := flag.String("chart", "metronome", "folder of the chart")
	out := flag.String("out", "../dist", "folder that the archive is written to")
	flag.Parse()
	pack := action.NewPackage()
	pack.Destination = *out
	archive, err := pack.Run(*chart, nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, "package chart:", err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, archive)
}

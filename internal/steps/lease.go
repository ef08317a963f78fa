package steps

import (
	"os"
	"time"

	"metronome/internal/config"
	"metronome/internal/tempo"
)

// Holder signs leases and grants for a run on Argo: no single process stands behind it, so none is named.
func Holder() tempo.Holder {
	return tempo.Holder{Host: "argo/" + os.Getenv("METRONOME_NAMESPACE")}
}

// LeaseDuration is how long a step holds the period's lease: each beat prolongs it, so it must outlast the longest beat, a
// busy cluster's delay in starting the next pulse, and a restart of Argo's controller in between.
func LeaseDuration(c config.Config) time.Duration { return 2*c.Beat.Max + 5*time.Minute }

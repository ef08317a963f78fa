package steps

import (
	"os"
	"time"

	"metronome/internal/config"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// Holder signs leases and grants for a run on Argo: no single process stands behind it, so none is named.
func Holder() tempo.Holder {
	return tempo.Holder{Host: "argo/" + os.Getenv("METRONOME_NAMESPACE")}
}

// LeaseClaim is how a step holds the period's lease for a run: each beat renews it, so its life must outlast the longest beat, a
// busy cluster's delay in starting the next pulse, and a restart of Argo's controller in between.
func LeaseClaim(c config.Config, p period.Period, id run.ID) run.LeaseClaim {
	return run.LeaseClaim{Period: p, Run: id, Holder: Holder(), Life: 2*c.Beat.Max + 5*time.Minute}
}

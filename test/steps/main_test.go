package steps

import (
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"metronome/internal/receipt"
	"metronome/internal/steps"
	"metronome/internal/steps/preparing"
	"metronome/steps/group/grouping"
	"metronome/steps/pulse/pulsing"
	"metronome/steps/report/reporting"
	"metronome/steps/upload/uploading"
)

// Conditions are waited for this long, and looked at this often.
const (
	wait = 30 * time.Second
	tick = 20 * time.Millisecond
)

// The step programs under the names that their images give them.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"metronome-group":     func() { steps.Main(grouping.Step()) },
		"metronome-pulse":     func() { steps.Main(pulsing.Step()) },
		"metronome-folders":   func() { steps.Main(preparing.Step(receipt.Folders)) },
		"metronome-templates": func() { steps.Main(preparing.Step(receipt.Templates)) },
		"metronome-upload":    func() { steps.Main(uploading.Step()) },
		"metronome-report":    func() { steps.Main(reporting.Step()) },
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Setenv("METRONOME_CONFIG", env.WorkDir+"/metronome.yaml")
			env.Setenv("ARGO_PROGRESS_FILE", env.WorkDir+"/progress")
			env.Setenv("KUBECONFIG", env.WorkDir+"/none")
			return nil
		},
	})
}

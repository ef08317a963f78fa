package steps

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a step's program may contain: a step that can reach neither provider nor Kubernetes cannot do harm there, and its
// image is small.
func TestStepsLinkOnlyWhatTheyNeed(t *testing.T) {
	t.Parallel()
	const rclone, argo, kubernetes = "github.com/rclone/", "github.com/argoproj/", "k8s.io/"
	may := map[string][]string{
		"group": nil, "folders": nil, "templates": nil, "report": nil,
		"pulse":  {argo, kubernetes},
		"upload": {rclone},
	}
	for step, allowed := range may {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), "go", "list", "-deps", "metronome/steps/"+step)
			listed, err := command.Output()
			require.NoError(t, err)
			packages := "\n" + string(listed)
			for _, one := range []string{rclone, argo, kubernetes} {
				want := false
				for _, a := range allowed {
					want = want || a == one
				}
				require.Equal(t, want, strings.Contains(packages, "\n"+one), "%s in %s", one, step)
			}
		})
	}
}

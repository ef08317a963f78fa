package argo

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"

	"metronome/internal/period"
	"metronome/internal/run"
)

func TestWorkflowNames(t *testing.T) {
	t.Parallel()
	for worker, want := range map[string]string{
		"replicate-period-x7k2p-box-b0000001-1":         "replicate-period-x7k2p-box-b0000001-1",
		"2026-12-20261201t060000z-1f3a-box-b0000001-12": "2026-12-20261201t060000z-1f3a-box-b0000001-12",
	} {
		require.Equal(t, want, WorkflowName(worker))
	}
	local := WorkflowName("2026-12-20261201T060000Z-1f3a-box-b0000001-1")
	require.Regexp(t, "^2026-12-20261201t060000z-1f3a-box-b0000001-1-[0-9a-f]{10}$", local)
}

// Long names are told apart by their hash, also where they differ only in what was cut off.
func TestLongNamesAreUnique(t *testing.T) {
	t.Parallel()
	id := run.NewID(period.New(2026, 12), december, 7)
	pool := strings.Repeat("p", 40)
	seen := map[string]string{}
	for _, batch := range []string{"b0000001", "b0000002"} {
		for _, attempt := range []string{"1", "2", "11"} {
			worker := string(id) + "-" + pool + "-" + batch + "-" + attempt
			name := WorkflowName(worker)
			require.LessOrEqual(t, len(name), 63)
			require.Empty(t, validation.IsDNS1123Label(name))
			require.Empty(t, validation.IsValidLabelValue(name))
			require.NotContains(t, seen, name)
			require.Equal(t, name, WorkflowName(worker))
			seen[name] = worker
		}
	}
}

func FuzzWorkflowName(f *testing.F) {
	for _, seed := range []string{"", "-", "a", "Ä", "a.b", "a_b", strings.Repeat("x", 80), "--x--"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, worker string) {
		name := WorkflowName(worker)
		if problems := validation.IsDNS1123Label(name); len(problems) > 0 {
			t.Fatalf("%q makes %q: %v", worker, name, problems)
		}
	})
}

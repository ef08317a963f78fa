//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"regexp"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
)

// requireBoard judges by what Argo Server shows an operator: each Workflow of a run says in its title what it does, for which
// pool, batch and period, carries them as labels too, and counts its progress.
func (s *site) requireBoard(id string) {
	s.t.Helper()
	titles := map[string]*regexp.Regexp{
		"run":    regexp.MustCompile(`^Replicate 2026-12$`),
		"pool":   regexp.MustCompile(`^\w+: pace 2026-12(, generation \d+)?$`),
		"worker": regexp.MustCompile(`^\w+: batch \w+ of 2026-12$`),
	}
	kinds := map[string]int{}
	for _, workflow := range s.board(id) {
		kind := workflow.Labels["metronome/kind"]
		kinds[kind]++
		require.NotNil(s.t, titles[kind], "kind of %s", workflow.Name)
		require.Regexp(s.t, titles[kind], workflow.Annotations["workflows.argoproj.io/title"], workflow.Name)
		require.NotEmpty(s.t, workflow.Annotations["workflows.argoproj.io/description"], workflow.Name)
		require.Equal(s.t, "2026-12", workflow.Labels["metronome/period"], workflow.Name)
		if kind != "run" {
			require.NotEmpty(s.t, workflow.Labels["metronome/pool"], workflow.Name)
		}
		require.True(s.t, workflow.Status.Progress.IsValid(), "progress of %s: %q", workflow.Name, workflow.Status.Progress)
		require.Equal(s.t, workflow.Status.Progress.Complete(), workflow.Status.Progress, "progress of %s", workflow.Name)
	}
	require.Equal(s.t, 1, kinds["run"])
	require.GreaterOrEqual(s.t, kinds["pool"], len(s.pools))
	require.GreaterOrEqual(s.t, kinds["worker"], len(s.pools))
}

// board lists a run's Workflows as Argo's user interface does, with an operator's token.
func (s *site) board(id string) wfv1.Workflows {
	s.t.Helper()
	url := s.argoServer() + "/api/v1/workflows/" + s.namespace + "?listOptions.labelSelector=metronome/run=" + id
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, url, nil)
	require.NoError(s.t, err)
	request.Header.Set("Authorization", "Bearer "+s.token(operatorAccount))
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(s.t, http.StatusOK, response.StatusCode)
	var list wfv1.WorkflowList
	require.NoError(s.t, json.NewDecoder(response.Body).Decode(&list))
	return list.Items
}

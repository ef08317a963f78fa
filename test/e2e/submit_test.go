//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	authentication "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"metronome/internal/period"
	"metronome/internal/run"
)

var tiny = []pool{{name: "box", rate: 40, burst: 20, workers: 2, entities: 2}}

func TestSubmitByEvent(t *testing.T) {
	t.Parallel()
	// Given an installation that takes events
	s := newSite(t, plan{pools: tiny})
	event := `{"period": "2026-12", "entities": ["box-001"], "pools": ["box"]}`
	// When somebody without a token sends one, then it is refused
	require.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, s.post(event, ""))
	// When the submitter's service account sends it, then the run does what it says
	require.Equal(t, http.StatusOK, s.post(event, s.token("metronome-submitter")))
	id := s.waitForFirstRun()
	s.waitForSuccess(id)
	require.Equal(t, run.Tally{Total: 1, Done: 1}, s.report(id).Entities)
}

func TestSubmitBySchedule(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	// Given a suspended schedule that would fire every minute
	s := newSite(t, plan{pools: tiny, values: map[string]any{
		"schedule": map[string]any{"schedules": []any{"* * * * *"}, "timezone": zone.String(), "suspend": true},
	}})
	// When it is resumed, as `argo cron resume` does
	before := period.Of(time.Now().In(zone))
	_, err = s.argo.ArgoprojV1alpha1().CronWorkflows(s.namespace).Patch(t.Context(), "replicate-period", types.MergePatchType,
		[]byte(`{"spec": {"suspend": false}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	// Then a run of the month that it is there ends well
	id := s.waitForFirstRun()
	s.waitForSuccess(id)
	report := s.report(id)
	require.Contains(t, []period.Period{before, period.MonthlyCalendar(12).Next(before)}, report.Period)
	s.requireReplicated(report.Period)
}

func TestSubmitByCommand(t *testing.T) {
	t.Parallel()
	// Given an operator with a kubeconfig, and one with a token for Argo Server only
	s := newSite(t, plan{pools: tiny})
	operator := s.operator()
	// When the one submits a run of one entity and the other, after it, a run of all
	first := operator.metronome("submit", "--period", "2026-12", "--only", "box-001")
	s.waitForSuccess(first)
	second := operator.viaServer(s.token("metronome-submitter")).metronome("submit", "--period", "2026-12")
	// Then both runs succeed, the second doing what the first had left
	s.waitForSuccess(second)
	require.Equal(t, run.Tally{Total: 1, Done: 1}, s.report(first).Entities)
	require.Equal(t, run.Tally{Total: 2, Done: 1, Skipped: 1}, s.report(second).Entities)
	s.requireReplicated(december)
	require.Contains(t, operator.viaServer(s.token(operatorAccount)).metronome("status", second), "done")
}

// post sends an event and returns the answer's status.
func (s *site) post(event, token string) int {
	s.t.Helper()
	var status int
	eventually(s.t, "Argo Server", func(ctx context.Context) (bool, error) {
		url := s.argoServer() + "/api/v1/events/" + s.namespace + "/replicate-period"
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewBufferString(event))
		if err != nil {
			return false, err
		}
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false, err
		}
		status = response.StatusCode
		return status < http.StatusInternalServerError, response.Body.Close()
	})
	return status
}

// token is what `kubectl create token` returns.
func (s *site) token(account string) string {
	s.t.Helper()
	granted, err := s.kube.CoreV1().ServiceAccounts(s.namespace).CreateToken(s.t.Context(), account,
		&authentication.TokenRequest{}, metav1.CreateOptions{})
	require.NoError(s.t, err)
	return granted.Status.Token
}

// waitForFirstRun waits for the site's first run and returns its name.
func (s *site) waitForFirstRun() string {
	s.t.Helper()
	var list *wfv1.WorkflowList
	eventually(s.t, "a run", func(ctx context.Context) (bool, error) {
		var err error
		list, err = s.workflows().List(ctx, metav1.ListOptions{LabelSelector: "metronome/kind=run"})
		return err == nil && len(list.Items) > 0, err
	})
	return list.Items[0].Name
}

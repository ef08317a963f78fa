package run_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/run"
)

func TestDueAt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ request, want string }{
		"in the entity's zone":                {`{"firstDue": "2027-01-04", "firstDueAt": "2027-01-04T08:00:00Z"}`, "2027-01-04T08:00:00Z"},
		"an older program wrote only the day": {`{"firstDue": "2027-01-04"}`, "2027-01-04T00:00:00Z"},
		"nothing is due":                      {`{}`, "0001-01-01T00:00:00Z"},
	} {
		var request run.Request
		require.NoError(t, json.Unmarshal([]byte(test.request), &request), name)
		require.Equal(t, test.want, request.DueAt().Format(time.RFC3339), name)
	}
}

//go:build e2e

package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// console is the operator's program with a configuration for a site, as an operator has it on a laptop.
type console struct {
	*site
	env []string
}

// operator makes the program reach the site through the kubeconfig.
func (s *site) operator() *console {
	s.t.Helper()
	folder := s.t.TempDir()
	values := s.values(plan{})
	text, err := json.Marshal(map[string]any{ // which is YAML, too
		"ledger": s.outerLedgerURL, "rclone": "rclone.conf", "pools": values["pools"], "batch": values["batch"], "beat": values["beat"],
	})
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(filepath.Join(folder, "metronome.yaml"), text, 0o600))
	var remotes strings.Builder
	for i := range s.pools {
		remotes.WriteString(s.rcloneConfig(i))
	}
	require.NoError(s.t, os.WriteFile(filepath.Join(folder, "rclone.conf"), []byte(remotes.String()), 0o600))
	env := []string{"METRONOME_CONFIG=" + filepath.Join(folder, "metronome.yaml"), "ARGO_NAMESPACE=" + s.namespace}
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "ARGO_") {
			env = append(env, pair)
		}
	}
	return &console{site: s, env: env}
}

// viaServer makes the program reach the site through Argo Server, with a token.
func (c *console) viaServer(token string) *console {
	server := c.argoServer()
	secure := "true"
	if strings.HasPrefix(server, "http://") {
		secure = "false"
	}
	_, address, _ := strings.Cut(server, "://")
	env := slices.Concat(c.env, []string{
		"ARGO_SERVER=" + address, "ARGO_SECURE=" + secure, "ARGO_TOKEN=Bearer " + token, "ARGO_HTTP1=true",
	})
	return &console{site: c.site, env: env}
}

// metronome runs a command that must succeed, and returns what it printed.
func (c *console) metronome(args ...string) string {
	c.t.Helper()
	out, errs, code := c.try(args...)
	require.Zero(c.t, code, "metronome %s: %s", strings.Join(args, " "), errs)
	return out
}

func (c *console) try(args ...string) (out, errs string, code int) {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), cmp.Or(os.Getenv("METRONOME"), "../../bin/metronome"), args...)
	command.Env = c.env
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	require.NotNil(c.t, command.ProcessState, "%v", err)
	return strings.TrimSpace(stdout.String()), stderr.String(), command.ProcessState.ExitCode()
}

package config

import (
	"fmt"
	"path/filepath"

	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/supervise"
)

// ArgoVersion is Argo's; the build checks it against go.mod.
const ArgoVersion = "v3.7.18"

// ExecutorImage is the sidecar that Argo puts into every pod; the real name, as the real controller would use.
const ExecutorImage = "quay.io/argoproj/argoexec:" + ArgoVersion

// How Argo's two programs are set up for tests, in pods or outside.
var (
	ControllerEnv = []string{
		"LEADER_ELECTION_DISABLE=true",
		// 10 s by default: it is how long a step that has just ended may wait for the next.
		"DEFAULT_REQUEUE_TIME=500ms",
		"CRON_SYNC_PERIOD=1s",
	}
	ControllerArgs = []string{
		"--executor-image=" + ExecutorImage, "--executor-image-pull-policy=IfNotPresent",
		"--qps=200", "--burst=400", "--workflow-workers=32", "--pod-cleanup-workers=8",
	}
	// ServerArgs let Argo Server answer plain HTTP to whoever brings a token of the cluster.
	ServerArgs = []string{
		"server", "--auth-mode=client", "--secure=false", "--kube-api-qps=200", "--kube-api-burst=400",
		fmt.Sprintf("--port=%d", layout.ArgoServerPort),
	}
)

func argoController(l layout.Layout, bin string) supervise.Component {
	program := []string{
		filepath.Join(bin, "workflow-controller"),
		"--kubeconfig=" + l.Config("argo-controller.kubeconfig"), "--namespace=argo",
	}
	return supervise.Component{
		Name:  "argo-controller",
		After: Installed(l),
		Env:   ControllerEnv,
		Args:  append(program, ControllerArgs...),
	}
}

func argoServer(l layout.Layout, bin string) supervise.Component {
	args := append([]string{filepath.Join(bin, "argo")}, ServerArgs...)
	kubeconfig := l.Config("argo-server.kubeconfig")
	return supervise.Component{
		Name:  "argo-server",
		After: Installed(l),
		// For a caller's bearer token it finds the cluster by this variable only.
		Env:  []string{"KUBECONFIG=" + kubeconfig},
		Args: append(args, "--kubeconfig="+kubeconfig, "--namespace=argo"),
	}
}

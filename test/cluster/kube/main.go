// Command kube is every Kubernetes component the cluster needs in one program, so that the common
// packages are linked once: `kube kubelet --config=...` runs the kubelet, and so on.
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"

	_ "time/tzdata" // CronJobs with a time zone

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// components are built only when chosen: several register global flags of the same name.
var components = map[string]func() *cobra.Command{
	"apiserver":          apiserver.NewAPIServerCommand,
	"controller-manager": controllers.NewControllerManagerCommand,
	"scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":            kubelet.NewKubeletCommand,
	"proxy":              proxy.NewProxyCommand,
	"kubectl":            kubectl.NewDefaultKubectlCommand,
}

func main() {
	if len(os.Args) < 2 || components[os.Args[1]] == nil {
		fmt.Fprintf(os.Stderr, "usage: kube COMPONENT [flags], with one of %v\n", slices.Sorted(maps.Keys(components)))
		os.Exit(2)
	}
	command := components[os.Args[1]]
	// kubectl looks at the arguments already while it is put together.
	os.Args = append(os.Args[:1], os.Args[2:]...)
	os.Exit(cli.Run(command()))
}

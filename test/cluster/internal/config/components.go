package config

import (
	"fmt"
	"path/filepath"

	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/supervise"
)

// localAPI is where the API server itself listens. Everybody else, the components beside it too, comes through the
// gate, at the same port of the node's address.
var localAPI = fmt.Sprintf("127.0.0.1:%d", layout.APIPort)

func gatedAPI(l layout.Layout) string { return fmt.Sprintf("%s:%d", l.Node, layout.APIPort) }

// Installed is the file whose presence says that the roles and kinds are in the API server,
// without which DNS and Argo would only fail and start again.
func Installed(l layout.Layout) string { return l.Run("installed") }

// Components lists what runs in the cluster's namespaces, with the programs in bin.
func Components(l layout.Layout, bin string) []supervise.Component {
	kube := filepath.Join(bin, "kube")
	return []supervise.Component{
		etcd(l), containerd(l), apiserver(l, kube),
		{
			Name:  "gate",
			Args:  []string{l.Program(), "gate", gatedAPI(l), localAPI},
			After: localAPI,
		},
		controllerManager(l, kube),
		{
			Name:  "scheduler",
			Args:  []string{kube, "scheduler", "--config=" + l.Config("scheduler.yaml")},
			After: gatedAPI(l),
		},
		kubelet(l, kube),
		{
			Name:  "proxy",
			Args:  []string{kube, "proxy", "--config=" + l.Config("proxy.yaml")},
			After: gatedAPI(l),
		},
		{
			Name:  "dns",
			Args:  []string{filepath.Join(bin, "dns"), "-conf", l.Config("Corefile")},
			After: Installed(l),
		},
		argoController(l, bin), argoServer(l, bin),
	}
}

func etcd(l layout.Layout) supervise.Component {
	return supervise.Component{
		Name: "etcd",
		Args: []string{
			"etcd", "--data-dir=" + l.Data("etcd"),
			"--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
			"--listen-peer-urls=http://127.0.0.1:2380",
			// The cluster never outlives its namespaces, so nothing in it needs to survive a power cut.
			"--unsafe-no-fsync",
			"--quota-backend-bytes=4294967296",
		},
	}
}

func containerd(l layout.Layout) supervise.Component {
	return supervise.Component{Name: "containerd", Args: []string{"containerd", "--config=" + l.Config("containerd.toml")}}
}

func apiserver(l layout.Layout, kube string) supervise.Component {
	return supervise.Component{
		Name:  "apiserver",
		After: "127.0.0.1:2379",
		// Memory is plenty here, processor time is not.
		Env: []string{"GOGC=300", "GOMEMLIMIT=4000MiB"},
		Args: []string{
			kube, "apiserver",
			"--etcd-servers=http://127.0.0.1:2379",
			fmt.Sprintf("--secure-port=%d", layout.APIPort),
			"--bind-address=127.0.0.1", "--advertise-address=" + l.Node.String(),
			"--endpoint-reconciler-type=lease",
			"--service-cluster-ip-range=" + layout.ServiceCIDR,
			"--authorization-mode=Node,RBAC",
			"--enable-admission-plugins=NodeRestriction",
			"--allow-privileged",
			"--client-ca-file=" + l.PKI("ca.crt"),
			"--tls-cert-file=" + l.PKI("apiserver.crt"), "--tls-private-key-file=" + l.PKI("apiserver.key"),
			"--kubelet-certificate-authority=" + l.PKI("ca.crt"),
			"--kubelet-client-certificate=" + l.PKI("apiserver-kubelet.crt"),
			"--kubelet-client-key=" + l.PKI("apiserver-kubelet.key"),
			"--kubelet-preferred-address-types=InternalIP",
			"--service-account-issuer=https://kubernetes.default.svc." + layout.Domain,
			"--service-account-key-file=" + l.PKI("service-accounts.crt"),
			"--service-account-signing-key-file=" + l.PKI("service-accounts.key"),
			"--proxy-client-cert-file=" + l.PKI("front-proxy.crt"), "--proxy-client-key-file=" + l.PKI("front-proxy.key"),
			"--requestheader-client-ca-file=" + l.PKI("front-proxy-ca.crt"),
			"--requestheader-allowed-names=front-proxy", "--requestheader-username-headers=X-Remote-User",
			"--requestheader-group-headers=X-Remote-Group", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
			// Debian's etcd 3.4 has no progress notifications.
			"--feature-gates=WatchList=false",
			// A restart must not wait a minute for watches to end by themselves.
			"--shutdown-delay-duration=0s", "--shutdown-watch-termination-grace-period=1s", "--profiling=false",
		},
	}
}

func controllerManager(l layout.Layout, kube string) supervise.Component {
	kubeconfig := l.Config("controller-manager.kubeconfig")
	return supervise.Component{
		Name:  "controller-manager",
		After: gatedAPI(l),
		Args: []string{
			kube, "controller-manager",
			"--kubeconfig=" + kubeconfig, "--authentication-kubeconfig=" + kubeconfig, "--authorization-kubeconfig=" + kubeconfig,
			"--root-ca-file=" + l.PKI("ca.crt"),
			"--service-account-private-key-file=" + l.PKI("service-accounts.key"),
			"--use-service-account-credentials", "--leader-elect=false",
			"--kube-api-qps=200", "--kube-api-burst=400", "--profiling=false",
		},
	}
}

func kubelet(l layout.Layout, kube string) supervise.Component {
	return supervise.Component{
		Name:  "kubelet",
		After: gatedAPI(l),
		Args: []string{
			kube, "kubelet", "--config=" + l.Config("kubelet.yaml"), "--kubeconfig=" + l.Config("kubelet.kubeconfig"),
			"--hostname-override=" + layout.NodeName, "--node-ip=" + l.Node.String(),
		},
	}
}

// Package layout names every file, address and interface of one cluster.
//
// All of it follows from the repository's path, so two checkouts on one machine have two clusters that never meet:
// each has its own state folder, subnet, veth and control group.
package layout

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"path/filepath"
)

// Addresses inside the cluster; they are the same everywhere because each cluster has a network namespace of its own.
const (
	ServiceCIDR  = "10.96.0.0/16"
	KubernetesIP = "10.96.0.1"
	DNSIP        = "10.96.0.10"
	PodCIDR      = "10.244.0.0/16"
	Domain       = "cluster.local"
	NodeName     = "node"
)

// Ports on the node's address, reachable from the machine.
const (
	APIPort               = 6443
	ArgoServerPort        = 2746
	DNSReadyPort          = 8181
	ControllerMetricsPort = 9090
	ControllerHealthPort  = 6060
)

// benchmarkRange is 198.18.0.0/15, of which each cluster gets four addresses: nothing on the internet uses it.
var benchmarkRange = netip.MustParseAddr("198.18.0.0")

const subnets = 1 << 15

// Layout is the place of one cluster.
type Layout struct {
	Repo   string     // the checkout
	State  string     // everything the cluster writes
	ID     string     // six hexadecimal digits, part of the names below
	Host   netip.Addr // the machine's end of the veth
	Node   netip.Addr // the node's end of the veth
	Veth   string     // the machine's interface
	Cgroup string     // the control group below each controller's root
}

// Of lays out the cluster of the checkout at repo, which must be an absolute path.
func Of(repo string) Layout {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(repo))
	sum := hash.Sum32()
	base := add(benchmarkRange, 4*(sum%subnets))
	id := fmt.Sprintf("%06x", sum&0xffffff)
	return Layout{
		Repo:   repo,
		State:  filepath.Join(repo, ".cache", "cluster"),
		ID:     id,
		Host:   add(base, 1),
		Node:   add(base, 2),
		Veth:   "mn" + id,
		Cgroup: "metronome-" + id,
	}
}

func add(a netip.Addr, n uint32) netip.Addr {
	b := a.As4()
	v := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	v += n
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// Source is the folder of this Go module.
func (l Layout) Source() string { return filepath.Join(l.Repo, "test", "cluster") }

// Bin is the folder of the programs built for key.
func (l Layout) Bin(key string) string { return filepath.Join(l.State, "bin", key) }

// Build is where the build keeps what it needs besides Go's own caches.
func (l Layout) Build(elem ...string) string { return l.in("build", elem) }

// Config is a component's rendered configuration.
func (l Layout) Config(elem ...string) string { return l.in("config", elem) }

// PKI is a certificate or key.
func (l Layout) PKI(elem ...string) string { return l.in("pki", elem) }

// Log is a component's log.
func (l Layout) Log(name string) string { return filepath.Join(l.State, "log", name+".log") }

// Data is what the components store; it goes with the cluster.
func (l Layout) Data(elem ...string) string { return l.in("data", elem) }

// Run is what is known about the running cluster.
func (l Layout) Run(elem ...string) string { return l.in("run", elem) }

// Program is the copy of this tool that runs as the node's process 1.
func (l Layout) Program() string { return l.Run("cluster") }

// Kubeconfig is the administrator's, with the address that the machine reaches.
func (l Layout) Kubeconfig() string { return filepath.Join(l.State, "kubeconfig") }

func (l Layout) in(folder string, elem []string) string {
	return filepath.Join(append([]string{l.State, folder}, elem...)...)
}

// Fresh lists the folders that a new cluster starts without.
func (l Layout) Fresh() []string {
	return []string{l.Config(), l.PKI(), l.Data(), l.Run(), filepath.Join(l.State, "log")}
}

// APIServer is the API server's address for the machine.
func (l Layout) APIServer() string { return fmt.Sprintf("https://%s:%d", l.Node, APIPort) }

// ArgoServer is Argo Server's address for the machine.
func (l Layout) ArgoServer() string { return fmt.Sprintf("http://%s:%d", l.Node, ArgoServerPort) }

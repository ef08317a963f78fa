package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/install"
	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/machine"
	"metronome/test/cluster/internal/node"
	"metronome/test/cluster/internal/pki"
)

// namespaces are all kinds but the user's: the cluster sees its own processes, mounts, interfaces, name, message
// queues and control groups, and no other process sees the cluster's.
const namespaces = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS |
	syscall.CLONE_NEWIPC | syscall.CLONE_NEWCGROUP

// binds are the folders that components insist on, by the name of the cluster's own in their place.
var binds = map[string]string{
	"/var/lib/kubelet":    "kubelet",
	"/var/lib/cni":        "cni",
	"/var/log/pods":       "pods",
	"/var/log/containers": "containers",
}

// ensureRunning starts the cluster's components, unless the same ones run already.
func ensureRunning(l layout.Layout, bin string, progress io.Writer) error {
	process, err := machine.Load(l.Run("node.pid"))
	if err != nil {
		return err
	}
	stamp, err := fingerprint(l, bin)
	if err != nil {
		return err
	}
	if process.Alive() {
		running, _ := os.ReadFile(l.Run("stamp"))
		if string(running) == stamp {
			return nil
		}
		_, _ = fmt.Fprintln(progress, "the running cluster was set up in another way: starting anew")
	}
	if err := down(l); err != nil {
		return err
	}
	if err := start(l, bin); err != nil {
		return err
	}
	if err := os.WriteFile(l.Run("stamp"), []byte(stamp), 0o644); err != nil {
		return fmt.Errorf("write stamp: %w", err)
	}
	return nil
}

// fingerprint is a digest of all that a cluster is set up with: it shows whether the running one is the expected one.
func fingerprint(l layout.Layout, bin string) (string, error) {
	files, err := config.Files(l)
	if err != nil {
		return "", err
	}
	manifests, err := install.Manifests()
	if err != nil {
		return "", err
	}
	// JSON has the keys of maps in order.
	all, err := json.Marshal([]any{nodeSpec(l, bin), files, manifests})
	if err != nil {
		return "", fmt.Errorf("encode set-up: %w", err)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:]), nil
}

func start(l layout.Layout, bin string) error {
	if err := writeAll(l, bin); err != nil {
		return err
	}
	if err := copyProgram("/proc/self/exe", l.Program()); err != nil {
		return err
	}
	if out, err := exec.Command(l.Program(), "enter").CombinedOutput(); err != nil {
		return fmt.Errorf("enter namespaces: %w: %s", err, out)
	}
	process, err := machine.Load(l.Run("node.pid"))
	if err != nil {
		return err
	}
	return machine.Connect(l, process)
}

// writeAll writes everything that the components read.
func writeAll(l layout.Layout, bin string) error {
	for _, folder := range append(l.Fresh(), l.Config("cni")) {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
	}
	if err := pki.Write(l, time.Now()); err != nil {
		return err
	}
	files, err := config.Files(l)
	if err != nil {
		return err
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("write configuration: %w", err)
		}
	}
	if err := writeKubeconfigs(l); err != nil {
		return err
	}
	return writeSpec(l, bin)
}

func writeKubeconfigs(l layout.Layout) error {
	for name := range pki.Users() {
		path, namespace := l.Config(name+".kubeconfig"), "default"
		if name == "admin" {
			path = l.Kubeconfig()
		}
		if strings.HasPrefix(name, "argo-") {
			namespace = "argo"
		}
		ca, pair, err := readPair(l, name)
		if err != nil {
			return err
		}
		content := config.Kubeconfig(l.APIServer(), name, namespace, ca, pair.Cert, pair.Key)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return fmt.Errorf("write kubeconfig: %w", err)
		}
	}
	return nil
}

func readPair(l layout.Layout, name string) (ca []byte, pair pki.Pair, err error) {
	for path, into := range map[string]*[]byte{"ca.crt": &ca, name + ".crt": &pair.Cert, name + ".key": &pair.Key} {
		if *into, err = os.ReadFile(l.PKI(path)); err != nil {
			return nil, pki.Pair{}, fmt.Errorf("read certificate: %w", err)
		}
	}
	return ca, pair, nil
}

// nodeSpec is what the node's process 1 is told.
func nodeSpec(l layout.Layout, bin string) node.Spec {
	spec := node.Spec{
		Hostname: layout.NodeName,
		Address:  l.Node.String() + "/30",
		Gateway:  l.Host.String(),
		Pods:     layout.PodCIDR,
		State:    l.State,
		Binds:    map[string]string{},
		Shared:   []string{"/var/lib/kubelet"},
		Logs:     filepath.Dir(l.Log("node")),
		Status:   l.Run("status.json"),

		Components: config.Components(l, bin),
	}
	for target, name := range binds {
		spec.Binds[target] = l.Data(name)
	}
	return spec
}

func writeSpec(l layout.Layout, bin string) error {
	spec := nodeSpec(l, bin)
	for _, source := range spec.Binds {
		if err := os.MkdirAll(source, 0o755); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
	}
	data, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return fmt.Errorf("encode specification: %w", err)
	}
	if err := os.WriteFile(l.Run("spec.json"), data, 0o644); err != nil {
		return fmt.Errorf("write specification: %w", err)
	}
	return nil
}

func copyProgram(source, target string) error {
	data, err := os.ReadFile(source)
	if err != nil {
		return fmt.Errorf("read program: %w", err)
	}
	if err := os.WriteFile(target, data, 0o755); err != nil {
		return fmt.Errorf("write program: %w", err)
	}
	return nil
}

// enterCommand is the step between the machine and the node: a process of its own, because it joins the cluster's
// control group, and what it starts begins there.
func enterCommand() *cobra.Command {
	return &cobra.Command{
		Use: "enter", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			return enter(l)
		},
	}
}

func enter(l layout.Layout) error {
	if err := machine.JoinCgroup(l.Cgroup); err != nil {
		return err
	}
	log, err := os.Create(l.Log("node"))
	if err != nil {
		return fmt.Errorf("create log: %w", err)
	}
	first := exec.Command(l.Program(), "init", l.Run("spec.json"))
	first.Stdout, first.Stderr = log, log
	first.Dir = "/"
	first.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"}
	first.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces, Setsid: true}
	if err := first.Start(); err != nil {
		return fmt.Errorf("start process 1: %w", err)
	}
	process, err := machine.Find(first.Process.Pid)
	if err != nil {
		return err
	}
	return process.Save(l.Run("node.pid"))
}

func initCommand() *cobra.Command {
	return &cobra.Command{
		Use: "init SPECIFICATION", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return node.Run(args[0]) },
	}
}

// packImages packs the cluster's own images, unless they are there already.
func packImages(l layout.Layout, bin string) error {
	for _, p := range ownImages(bin) {
		target := imageTar(bin, p.Name)
		if _, err := os.Stat(target); err == nil {
			continue
		}
		if err := p.Save(target + ".new"); err != nil {
			return err
		}
		if err := os.Rename(target+".new", target); err != nil {
			return fmt.Errorf("keep image: %w", err)
		}
	}
	return nil
}

func loadOwnImages(ctx context.Context, l layout.Layout, bin string) error {
	var tars []string
	for _, p := range ownImages(bin) {
		tars = append(tars, imageTar(bin, p.Name))
	}
	ready := func(ctx context.Context) (bool, error) {
		err := importImages(ctx, l, io.Discard, tars)
		return err == nil, err
	}
	return install.Wait(ctx, "containerd", ready)
}

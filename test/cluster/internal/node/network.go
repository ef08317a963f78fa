package node

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// connect waits for the machine to hand in one end of a veth, and sets up the node's network around it.
func connect(spec Spec) error {
	for {
		if _, err := os.Stat("/sys/class/net/eth0"); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return fmt.Errorf("allow forwarding: %w", err)
	}
	for _, line := range []string{
		"ip link set lo up",
		"ip addr add " + spec.Address + " dev eth0",
		"ip link set eth0 up",
		"ip route add default via " + spec.Gateway,
		// The machine has no route to pods, so what they send it comes from the node.
		"iptables -w -t nat -A POSTROUTING -s " + spec.Pods + " -o eth0 -j MASQUERADE",
	} {
		words := strings.Fields(line)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("run %s: %w: %s", line, err, out)
		}
	}
	return nil
}

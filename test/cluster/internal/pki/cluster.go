package pki

import (
	"fmt"
	"net/netip"
	"os"
	"time"

	"metronome/test/cluster/internal/layout"
)

// Users are the identities that talk to the API server, by the name of their certificate and kubeconfig.
// Argo's two programs run outside pods but as their own service accounts, so Argo's own roles are in force.
func Users() map[string]Subject {
	return map[string]Subject{
		"admin":              {User: "admin", Groups: []string{"system:masters"}},
		"controller-manager": {User: "system:kube-controller-manager"},
		"scheduler":          {User: "system:kube-scheduler"},
		"kubelet":            {User: "system:node:" + layout.NodeName, Groups: []string{"system:nodes"}},
		"proxy":              {User: "system:kube-proxy"},
		"dns":                {User: "system:serviceaccount:kube-system:coredns"},
		"argo-controller":    {User: "system:serviceaccount:argo:argo"},
		"argo-server":        {User: "system:serviceaccount:argo:argo-server"},
	}
}

// Write makes every certificate and key of the cluster, in l's folder for them.
func Write(l layout.Layout, now time.Time) error {
	if err := os.MkdirAll(l.PKI(), 0o700); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	ca, err := NewAuthority("metronome-test-cluster", now)
	if err != nil {
		return err
	}
	front, err := NewAuthority("metronome-test-cluster-front-proxy", now)
	if err != nil {
		return err
	}
	tokens, err := NewKeyPair()
	if err != nil {
		return err
	}
	pairs := map[string]Pair{"ca": ca.Pair, "front-proxy-ca": front.Pair, "service-accounts": tokens}
	if err := issueAll(pairs, ca, subjects(l), now); err != nil {
		return err
	}
	if err := issueAll(pairs, front, map[string]Subject{"front-proxy": {User: "front-proxy"}}, now); err != nil {
		return err
	}
	for name, pair := range pairs {
		if err := pair.Write(l.PKI(), name); err != nil {
			return err
		}
	}
	return nil
}

func subjects(l layout.Layout) map[string]Subject {
	all := Users()
	all["apiserver"] = Subject{
		User: "kube-apiserver",
		Names: []string{
			"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
			"kubernetes.default.svc." + layout.Domain,
		},
		Addresses: []netip.Addr{l.Node, netip.MustParseAddr(layout.KubernetesIP), netip.MustParseAddr("127.0.0.1")},
	}
	all["apiserver-kubelet"] = Subject{User: "kube-apiserver-kubelet-client", Groups: []string{"system:masters"}}
	all["kubelet-server"] = Subject{
		User: layout.NodeName, Names: []string{layout.NodeName}, Addresses: []netip.Addr{l.Node},
	}
	return all
}

func issueAll(into map[string]Pair, a *Authority, subjects map[string]Subject, now time.Time) error {
	for name, s := range subjects {
		pair, err := a.Issue(s, now)
		if err != nil {
			return err
		}
		into[name] = pair
	}
	return nil
}

// Package gate stands before the API server as a load balancer does before a real one's: it lets clients in only while
// the server is ready.
//
// A server that has just started listens before it knows the cluster's roles and answers "forbidden" until then. Clients
// take that as final, where they would have tried again on "connection refused".
package gate

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

const poll = 100 * time.Millisecond

// Gate passes connections on while a check says yes, and does not even listen while it says no.
type Gate struct {
	Listen string // address for clients
	Target string // address of the server
	Ready  func() bool
}

// Run opens and closes the gate for ever. It returns only if it cannot listen.
func (g Gate) Run() error {
	for {
		for !g.Ready() {
			time.Sleep(poll)
		}
		listener, err := net.Listen("tcp", g.Listen)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", g.Listen, err)
		}
		go g.accept(listener)
		for g.Ready() {
			time.Sleep(poll)
		}
		_ = listener.Close()
	}
}

func (g Gate) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // closed
		}
		go g.pass(client)
	}
}

// pass copies both ways until either side has ended; then both have.
func (g Gate) pass(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", g.Target)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var end sync.Once
	ended := make(chan struct{})
	copyAll := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		end.Do(func() { close(ended) })
	}
	go copyAll(server, client)
	go copyAll(client, server)
	<-ended
}

// APIServer is a check that asks the API server at an address whether it is ready. Whose certificate it shows does not
// matter here: clients check that themselves, through the gate.
func APIServer(address string) func() bool {
	client := http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
	return func() bool {
		answer, err := client.Get("https://" + address + "/readyz")
		if err != nil {
			return false
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}
}

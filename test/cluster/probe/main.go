// Command probe checks from inside a pod what every other pod relies on: names resolve, and the API server answers
// at its service address. It prints what it found and exits 1 if anything is missing.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	api = "kubernetes.default.svc.cluster.local"
	ca  = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
)

func main() {
	if err := probe(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func probe() error {
	addresses, err := net.LookupHost(api)
	if err != nil {
		return fmt.Errorf("resolve %s: %w", api, err)
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return fmt.Errorf("read authority: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	answer, err := client.Get("https://" + api + "/readyz")
	if err != nil {
		return fmt.Errorf("ask API server: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("ask API server: %s", answer.Status)
	}
	fmt.Printf("%s is %v and ready\n", api, addresses)
	return nil
}

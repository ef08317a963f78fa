// Package kubeapi is the little of a Kubernetes client that bringing a cluster up takes: apply and get.
//
// It speaks plain HTTP, because client-go alone would take longer to compile than the rest of this tool by far.
package kubeapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// ErrNotFound says that the API server does not have the object, or not its kind.
var ErrNotFound = errors.New("not found")

// Object is a Kubernetes object as JSON has it.
type Object map[string]any

// Client talks to one API server with one certificate.
type Client struct {
	server string
	http   *http.Client
}

// New makes a client of the API server at an https address, from PEM.
func New(server string, ca, cert, key []byte) (*Client, error) {
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("parse client certificate: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("parse authority: no certificate in it")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}}
	return &Client{server: server, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}, nil
}

// Get reads what is at a path of the API, such as /api/v1/nodes/node, into the value into points to.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet, path, "", nil, into)
}

// Text reads what is not JSON, such as /readyz or a container's log.
func (c *Client) Text(ctx context.Context, path string) (string, error) {
	var text bytes.Buffer
	err := c.do(ctx, http.MethodGet, path, "", nil, &text)
	return text.String(), err
}

// Apply creates or changes the object, by server-side apply.
func (c *Client) Apply(ctx context.Context, o Object) error {
	path, err := Path(o)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPatch, path+"?fieldManager=cluster&force=true", "application/apply-patch+yaml", o, nil)
}

func (c *Client) do(ctx context.Context, method, path, kind string, body, into any) error {
	answer, err := c.send(ctx, method, path, kind, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	switch {
	case answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%s %s: %w", method, path, ErrNotFound)
	case answer.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, data)
	}
	return decode(data, into)
}

func (c *Client) send(ctx context.Context, method, path, kind string, body any) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, content)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	return c.http.Do(request)
}

func decode(data []byte, into any) error {
	switch into := into.(type) {
	case nil:
		return nil
	case *bytes.Buffer:
		into.Write(data)
		return nil
	default:
		if err := json.Unmarshal(data, into); err != nil {
			return fmt.Errorf("parse answer: %w", err)
		}
		return nil
	}
}

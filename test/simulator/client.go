package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Client talks to the admin API of a simulator in another process.
type Client struct{ url string }

// NewClient returns a client for an admin address.
func NewClient(adminURL string) *Client { return &Client{url: strings.TrimSuffix(adminURL, "/")} }

// Healthy reports whether the simulator answers.
func (c *Client) Healthy(ctx context.Context) error {
	return c.do(ctx, http.MethodGet, "/healthz", nil, nil)
}

// Addresses returns the addresses of all providers.
func (c *Client) Addresses(ctx context.Context) (all Addresses, err error) {
	return all, c.do(ctx, http.MethodGet, "/addresses", nil, &all)
}

// Counts returns what a provider saw in this counting period.
func (c *Client) Counts(ctx context.Context, provider string) (counts Counts, err error) {
	return counts, c.do(ctx, http.MethodGet, "/counts/"+provider, nil, &counts)
}

// Files returns what a provider's storage holds.
func (c *Client) Files(ctx context.Context, provider string) (files Snapshot, err error) {
	return files, c.do(ctx, http.MethodGet, "/files/"+provider, nil, &files)
}

// AllCounts returns the counts of every provider, without cells.
func (c *Client) AllCounts(ctx context.Context) (all map[string]Counts, err error) {
	return all, c.do(ctx, http.MethodGet, "/counts", nil, &all)
}

// Reset starts a new counting period and gives the counts of the ended one.
func (c *Client) Reset(ctx context.Context) (ended map[string]Counts, err error) {
	return ended, c.do(ctx, http.MethodPost, "/reset", nil, &ended)
}

// SetLimits replaces a provider's limits.
func (c *Client) SetLimits(ctx context.Context, provider string, limits ...Limit) error {
	return c.do(ctx, http.MethodPost, "/limits/"+provider, limits, nil)
}

// SetFaults replaces what goes wrong at random.
func (c *Client) SetFaults(ctx context.Context, provider string, faults Faults) error {
	return c.do(ctx, http.MethodPost, "/faults/"+provider, faults, nil)
}

// SetPaths replaces a provider's path rules.
func (c *Client) SetPaths(ctx context.Context, provider string, rules ...PathRule) error {
	return c.do(ctx, http.MethodPost, "/paths/"+provider, rules, nil)
}

func (c *Client) do(ctx context.Context, method, path string, send, receive any) error {
	request, err := c.request(ctx, method, path, send)
	if err != nil {
		return fmt.Errorf("ask simulator for %s: %w", path, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask simulator: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode >= 300 {
		message, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16))
		return fmt.Errorf("ask simulator for %s: %s: %s", path, response.Status, bytes.TrimSpace(message))
	}
	if receive == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(receive); err != nil {
		return fmt.Errorf("read answer of simulator to %s: %w", path, err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, send any) (*http.Request, error) {
	var body bytes.Buffer
	if send != nil {
		if err := yaml.NewEncoder(&body).Encode(send); err != nil {
			return nil, err
		}
	}
	return http.NewRequestWithContext(ctx, method, c.url+path, &body)
}

package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Simulator serves the providers of a profile until it is closed.
type Simulator struct {
	providers map[string]*served
	names     []string // in the profile's order
	admin     *endpoint
}

// served is a provider with its address.
type served struct {
	*endpoint
	pool *pool
}

// endpoint is an HTTP server on an address of its own.
type endpoint struct {
	listener net.Listener
	server   *http.Server
}

// Start serves a profile until the test ends. Roots lie below a temporary directory unless the profile says otherwise.
func Start(t testing.TB, profile Profile) *Simulator {
	t.Helper()
	if profile.Data == "" {
		profile.Data = t.TempDir()
	}
	s, err := Open(profile)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// Open checks a profile and serves it. The error lists every problem of the profile.
func Open(profile Profile) (*Simulator, error) {
	profile = profile.withDefaults()
	if err := profile.Check(); err != nil {
		return nil, err
	}
	s := &Simulator{providers: map[string]*served{}}
	if err := s.open(profile); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Simulator) open(profile Profile) error {
	for _, provider := range profile.Providers {
		if !filepath.IsAbs(provider.Root) {
			provider.Root = filepath.Join(profile.Data, provider.Root)
		}
		if err := s.add(provider, profile.Seed); err != nil {
			return fmt.Errorf("open provider %s: %w", provider.Name, err)
		}
	}
	admin, err := listen(profile.Admin, s.adminHandler())
	if err != nil {
		return fmt.Errorf("open admin address: %w", err)
	}
	s.admin = admin
	return nil
}

func (s *Simulator) add(provider Provider, seed uint64) error {
	storage, err := openStorage(provider)
	if err != nil {
		return err
	}
	p := newPool(provider, seed)
	p.storage = storage
	address, err := listen(provider.Listen, p)
	if err != nil {
		return errors.Join(err, storage.close())
	}
	s.providers[provider.Name] = &served{endpoint: address, pool: p}
	s.names = append(s.names, provider.Name)
	return nil
}

func listen(address string, handler http.Handler) (*endpoint, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 30 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { _ = server.Serve(listener) }() // ends when the endpoint is closed
	return &endpoint{listener: listener, server: server}, nil
}

func (e *endpoint) url() string { return "http://" + e.listener.Addr().String() }

// close waits a moment for requests under way, then cuts them.
func (e *endpoint) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := e.server.Shutdown(ctx); err != nil {
		return e.server.Close()
	}
	return nil
}

// Close stops all servers. The files stay.
func (s *Simulator) Close() error {
	var errs []error
	for _, provider := range s.providers {
		errs = append(errs, provider.close(), provider.pool.storage.close())
	}
	if s.admin != nil {
		errs = append(errs, s.admin.close())
	}
	return errors.Join(errs...)
}

// Providers returns the names, in the profile's order.
func (s *Simulator) Providers() []string { return s.names }

// AdminURL is the address of the admin API.
func (s *Simulator) AdminURL() string { return s.admin.url() }

// URL is a provider's address, without a slash at its end.
func (s *Simulator) URL(provider string) string { return s.provider(provider).url() }

// Root is the directory of a provider's files; on S3 the directories in it are the buckets.
func (s *Simulator) Root(provider string) string { return s.provider(provider).pool.storage.root() }

// Counts returns what a provider saw in this counting period.
func (s *Simulator) Counts(provider string) Counts { return s.provider(provider).pool.counts() }

// AllCounts returns the counts of every provider.
func (s *Simulator) AllCounts() map[string]Counts {
	all := make(map[string]Counts, len(s.providers))
	for name, provider := range s.providers {
		all[name] = provider.pool.counts()
	}
	return all
}

// Reset starts a new counting period and gives the counts of the ended one. Requests under way are in neither.
func (s *Simulator) Reset() map[string]Counts {
	ended := make(map[string]Counts, len(s.providers))
	for name, provider := range s.providers {
		ended[name] = provider.pool.reset()
	}
	return ended
}

// SetLimits replaces a provider's limits while it serves.
func (s *Simulator) SetLimits(provider string, limits ...Limit) error {
	if err := checkLimits(limits); err != nil {
		return err
	}
	s.provider(provider).pool.setLimits(limits)
	return nil
}

// SetFaults replaces what goes wrong at random while a provider serves.
func (s *Simulator) SetFaults(provider string, faults Faults) error {
	if err := checkFaults(faults); err != nil {
		return err
	}
	s.provider(provider).pool.setFaults(faults)
	return nil
}

// SetPaths replaces a provider's path rules while it serves.
func (s *Simulator) SetPaths(provider string, rules ...PathRule) error {
	if err := checkPaths(rules); err != nil {
		return err
	}
	s.provider(provider).pool.setPaths(rules)
	return nil
}

// provider panics on a name that the profile does not declare: a mistake in the calling test.
func (s *Simulator) provider(name string) *served {
	provider, ok := s.providers[name]
	if !ok {
		panic(fmt.Sprintf("simulator: no provider %q", name))
	}
	return provider
}

package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	rclone "github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config"
	"github.com/rclone/rclone/fs/config/configmap"
	"github.com/unknwon/goconfig" //nolint:misspell // its author's name

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

const keyConfig = "rclone configuration"

// parseConfig reads an rclone configuration, by section and key. Errors name lines, never values.
func parseConfig(text []byte) (map[string]map[string]string, error) {
	plain, err := config.Decrypt(bytes.NewReader(text))
	if err != nil {
		return nil, refuse(failure.Config, keyConfig, "set RCLONE_CONFIG_PASS to the password of the configuration",
			"read rclone configuration: %s", redact(err.Error()))
	}
	file, err := goconfig.LoadFromReader(plain)
	if err != nil {
		return nil, refuse(failure.Config, keyConfig, "write it with `rclone config`",
			"read rclone configuration: %s", firstWords(err))
	}
	sections := map[string]map[string]string{}
	for _, name := range file.GetSectionList() {
		values, err := file.GetSection(name)
		if err != nil {
			return nil, refuse(failure.Config, keyConfig, "", "read rclone configuration: section %q", name)
		}
		sections[name] = values
	}
	return sections, nil
}

var quoted = regexp.MustCompile(`["'].*["']|: .*`)

// firstWords returns what kind of error the parser found, without the line's text, which may hold a secret.
func firstWords(err error) string {
	return strings.TrimSpace(quoted.ReplaceAllString(fmt.Sprint(err), ""))
}

// address is a remote taken apart.
type address struct {
	info    *rclone.RegInfo
	values  *configmap.Map
	backend *backend
	kind    kind.Provider
	section string // name in the rclone configuration
	base    string // what the connection is opened on: "", "/", or a bucket
	prefix  string // the entity's folder below
}

// parseRemote takes "name:path" apart and finds the remote in the rclone configuration.
func parseRemote(remote string, provider kind.Name) (*address, error) {
	section, _, found := strings.Cut(remote, ":")
	if !found || section == "" || strings.Contains(section, ",") {
		return nil, refuse(failure.Config, remote, "write it as <remote of the rclone configuration>:<path>",
			"open remote: it names no remote of the rclone configuration")
	}
	info, name, path, values, err := rclone.ConfigFs(remote)
	if err != nil {
		return nil, refuse(failure.Config, remote, "add the remote to the rclone configuration, or correct the entity's remote",
			"open remote: %s", redact(err.Error()))
	}
	b, known := backends[info.Name]
	if !known {
		return nil, refuse(failure.Config, remote, "", "open remote: backend %q is not supported", info.Name)
	}
	at := &address{info: info, values: values, backend: b, kind: kind.Reached(provider, info.Name), section: name}
	at.split(path)
	if at.kind.Buckets && at.base == "" {
		return nil, refuse(failure.Config, remote, "write it as <remote>:<bucket>/<path>", "open remote: it names no bucket")
	}
	return at, nil
}

// split takes the path apart: what the connection is opened on, and the rest.
func (at *address) split(path string) {
	at.prefix = strings.Trim(path, "/")
	switch {
	case at.kind.Buckets:
		at.base, at.prefix, _ = strings.Cut(at.prefix, "/")
		at.prefix = strings.Trim(at.prefix, "/")
	case (at.kind.Absolute || at.backend.absolute) && strings.HasPrefix(path, "/"):
		at.base = "/"
	}
}

// connection returns the opened remote of an address, and opens it where that was not done yet.
func (p *Pool) connection(ctx context.Context, s *Storage, at *address) (*connection, error) {
	p.opening.Lock()
	defer p.opening.Unlock()
	key := at.section + ":" + at.base
	if opened, ok := p.connections[key]; ok {
		return opened, nil
	}
	opened := &connection{backend: at.backend, kind: at.kind, section: at.section, remoteType: at.info.Name}
	opened.vendor, _ = at.values.Get("vendor")
	opened.encoding, _ = at.values.Get("encoding")
	s.folder = &folder{connection: opened}
	f, err := s.open(ctx, at)
	if err != nil {
		return nil, err
	}
	opened.fs = f
	p.connections[key] = opened
	return opened, nil
}

func (s *Storage) open(ctx context.Context, at *address) (rclone.Fs, error) {
	op := s.operation(opening)
	// The context must outlive the operation, and the caller's: backends keep it to refresh tokens.
	kept := op.context(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, op.cancel)
	defer func() { stop(); op.ended.Store(true) }()
	f, err := at.info.NewFs(kept, at.section, at.base, at.withOverrides(s.vendor))
	switch failed, _ := op.done(); {
	case failed, err != nil: // some backends take every trouble for a folder that is not there
		return nil, op.fail("open remote", "", errors.Join(err, ctx.Err()))
	}
	return f, nil
}

// withOverrides returns the remote's configuration with the overrides in front of every other source.
func (at *address) withOverrides(vendor string) *configmap.Map {
	m := configmap.New()
	m.AddGetter(configmap.Simple(at.backend.override), configmap.PriorityNormal) // of one priority the first wins
	if vendor == "infinitescale" {
		// Its own way of uploading needs three requests, and cannot be told not to overwrite.
		m.AddGetter(configmap.Simple{"vendor": "owncloud"}, configmap.PriorityNormal)
	}
	m.AddGetter(at.values, configmap.PriorityNormal)
	m.AddSetter(at.values)
	return m
}

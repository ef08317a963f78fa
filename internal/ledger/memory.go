package ledger

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"metronome/internal/failure"
)

// memory keeps documents in a map, for tests. It refuses what a directory would refuse.
type memory struct {
	mu        sync.Mutex
	documents map[string][]byte
}

// NewMemory returns an empty ledger that lives as long as the process.
func NewMemory() Ledger { return &memory{documents: map[string][]byte{}} }

func (m *memory) Get(ctx context.Context, key string) ([]byte, Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return nil, "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.documents[key]
	if !ok {
		return nil, "", fmt.Errorf("get %s: %w", key, ErrNotFound)
	}
	return slices.Clone(data), versionOf(data), nil
}

func (m *memory) Put(ctx context.Context, key string, data []byte) error {
	if err := admit(ctx, checkKey, key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.store(key, data)
}

func (m *memory) Create(ctx context.Context, key string, data []byte) (Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.documents[key]; ok {
		return "", fmt.Errorf("create %s: %w", key, ErrExists)
	}
	return versionOf(data), m.store(key, data)
}

func (m *memory) Swap(ctx context.Context, key string, data []byte, version Version) (Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	current, ok := m.documents[key]
	switch {
	case !ok:
		return "", fmt.Errorf("swap %s: %w", key, ErrNotFound)
	case versionOf(current) != version:
		return "", fmt.Errorf("swap %s: %w", key, ErrConflict)
	}
	return versionOf(data), m.store(key, data)
}

func (m *memory) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := admit(ctx, checkPrefix, prefix); err != nil {
			yield("", err)
			return
		}
		for _, key := range m.below(prefix) {
			if err := ctx.Err(); err != nil {
				yield("", fmt.Errorf("list %s: %w", prefix, err))
				return
			}
			if !yield(key, nil) {
				return
			}
		}
	}
}

func (m *memory) Children(ctx context.Context, prefix string) ([]string, error) {
	if err := admit(ctx, checkPrefix, prefix); err != nil {
		return nil, err
	}
	var children []string
	for _, key := range m.below(prefix) {
		child, _, folder := strings.Cut(key[len(prefix):], "/")
		if folder {
			child += "/"
		}
		if len(children) == 0 || children[len(children)-1] != child {
			children = append(children, child)
		}
	}
	return children, nil
}

func (m *memory) Delete(ctx context.Context, key string) error {
	if err := admit(ctx, checkDeletable, key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.documents, key)
	return nil
}

func (m *memory) below(prefix string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := slices.Sorted(maps.Keys(m.documents))
	return slices.DeleteFunc(keys, func(key string) bool { return !strings.HasPrefix(key, prefix) })
}

// store keeps a document, unless its key is a folder of another key or the other way round, as in a directory.
func (m *memory) store(key string, data []byte) error {
	if _, ok := m.documents[key]; !ok {
		for other := range m.documents {
			if strings.HasPrefix(other, key+"/") || strings.HasPrefix(key, other+"/") {
				return failure.New(failure.Data, "ledger key", key, "", "write document: %s is in the way", other)
			}
		}
	}
	m.documents[key] = slices.Clone(data)
	return nil
}

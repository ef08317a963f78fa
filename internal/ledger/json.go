package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"metronome/internal/failure"
	"metronome/internal/version"
)

// Versioned is a document type whose newest known format version is not 1.
type Versioned interface {
	// KnownVersion is the newest format version that this type can read.
	KnownVersion() int
}

// ReadJSON reads a JSON document; ErrNotFound. One that does not decode, or whose "version" is newer than this program
// knows, is a Data failure. Fields that T does not have are ignored.
func ReadJSON[T any](ctx context.Context, l Ledger, key string) (T, Version, error) {
	var value T
	data, version, err := l.Get(ctx, key)
	if err != nil {
		return value, "", err
	}
	return value, version, decode(key, data, &value)
}

// ReadOptionalJSON reads a JSON document as ReadJSON does; nil where it is not there.
func ReadOptionalJSON[T any](ctx context.Context, l Ledger, key string) (*T, error) {
	value, _, err := ReadJSON[T](ctx, l, key)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &value, nil
}

// PutJSON writes a JSON document, whatever was there.
func PutJSON[T any](ctx context.Context, l Ledger, key string, value T) error {
	data, err := encode(key, value)
	if err != nil {
		return err
	}
	return l.Put(ctx, key, data)
}

// CreateJSON writes a JSON document that is not there yet; ErrExists.
func CreateJSON[T any](ctx context.Context, l Ledger, key string, value T) (Version, error) {
	data, err := encode(key, value)
	if err != nil {
		return "", err
	}
	return l.Create(ctx, key, data)
}

// CreateOrReadJSON creates a document, or reads the one that an earlier attempt created; it is never replaced.
func CreateOrReadJSON[T any](ctx context.Context, l Ledger, key string, value T) (T, error) {
	_, err := CreateJSON(ctx, l, key, value)
	if !errors.Is(err, ErrExists) {
		return value, err
	}
	value, _, err = ReadJSON[T](ctx, l, key)
	return value, err
}

// SwapJSON writes a JSON document that is still in the state of a version; ErrConflict, ErrNotFound.
func SwapJSON[T any](ctx context.Context, l Ledger, key string, value T, version Version) (Version, error) {
	data, err := encode(key, value)
	if err != nil {
		return "", err
	}
	return l.Swap(ctx, key, data, version)
}

// encode writes JSON that people can read and diff: indented, with a newline at the end.
func encode(key string, value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode %s: %w", key, err)
	}
	return buffer.Bytes(), nil
}

func decode(key string, data []byte, value any) error {
	var header struct {
		Version int `json:"version"`
	}
	known := 1
	if versioned, ok := value.(Versioned); ok {
		known = versioned.KnownVersion()
	}
	// A document whose version is no number, or that is no object, has no format version.
	if err := json.Unmarshal(data, &header); err == nil && header.Version > known {
		return failure.New(failure.Data, key, fmt.Sprint("version ", header.Version),
			"use the metronome that wrote this document: it is newer than this one, "+version.Current().Version,
			"decode document: format versions up to %d are known", known)
	}
	if err := json.Unmarshal(data, value); err != nil {
		return failure.New(failure.Data, key, "", "", "decode document: %w", err)
	}
	return nil
}

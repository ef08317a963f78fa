package provider

import (
	"context"
	"errors"
	"io"

	rclone "github.com/rclone/rclone/fs"
)

// errCannotCopy says that the provider cannot copy by itself.
var errCannotCopy = errors.New("the provider cannot copy by itself")

// Copy creates a file with another's content, at the provider where it can, else by reading and creating. The name must be
// free, as for Create.
func (s *Storage) Copy(ctx context.Context, from Entry, to string) error {
	object, err := s.object(ctx, from.Path)
	if err != nil {
		return err
	}
	err = errCannotCopy
	if s.backend.copy != nil {
		err = s.createFree(ctx, copying, "copy file", to, func(ctx context.Context, to string) error {
			return s.backend.copy(ctx, s, object, to)
		})
	}
	if !errors.Is(err, errCannotCopy) {
		return err
	}
	data, err := s.read(ctx, object)
	if err != nil {
		return err
	}
	return s.Create(ctx, to, data)
}

// object returns the file of a path, from a listing where there was one. A folder that was not listed is, since its other
// files are likely to be asked for next.
func (s *Storage) object(ctx context.Context, path string) (rclone.Object, error) {
	path = s.cache.canonical(clean(path))
	if found, ok := s.cache.find(path); ok && found.object != nil {
		return found.object, nil
	}
	if _, err := s.ensureListed(ctx, parent(path)); err != nil {
		return nil, err
	}
	if found, ok := s.cache.find(path); ok && found.object != nil {
		return found.object, nil
	}
	return s.lookUp(ctx, path)
}

// lookUp asks for one file: it may have come since its folder was listed.
func (s *Storage) lookUp(ctx context.Context, path string) (object rclone.Object, err error) {
	op := s.operation(reading)
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		object, err = s.find(ctx, path)
		return err
	})
	if err != nil {
		return nil, op.fail("find file", path, err)
	}
	return object, nil
}

// read returns a file's content.
func (s *Storage) read(ctx context.Context, object rclone.Object) (data []byte, err error) {
	op := s.operation(reading)
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		in, err := object.Open(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }()
		data, err = io.ReadAll(in)
		return err
	})
	if err != nil {
		return nil, op.fail("read file", s.ownPath(object.Remote()), err)
	}
	return data, nil
}

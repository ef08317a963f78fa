package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	rclone "github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config/configmap"

	"metronome/internal/failure"
)

// Storage is one entity's remote. Its methods may be called at the same time. All paths are slash-separated and relative to
// the remote. Errors are classified (failure.Error), but for a cancelled context's.
type Storage struct {
	pool    *Pool
	fs      rclone.Fs
	dialect *dialect
	account string
	remote  string // "name:path"
	section string // "name"
	backend string // the remote's type in the rclone configuration
	vendor  string // of a WebDAV server; "" on other backends

	encoding string // how names are spelled on this machine's file system; "" on other backends
	atlas    *atlas

	surveying sync.Mutex // held while a folder is listed that should have been
}

// Storage opens a remote of the rclone configuration, "box-acme:Close/Acme US", for an account. A folder that is not there
// is fine. On most backends this sends nothing.
func (p *Pool) Storage(ctx context.Context, account, remote string) (*Storage, error) {
	section, _, found := strings.Cut(remote, ":")
	if !found || section == "" || strings.Contains(section, ",") {
		return nil, refuse(failure.Config, remote, "write it as <remote of the rclone configuration>:<path>",
			"open remote: it names no remote of the rclone configuration")
	}
	info, name, path, values, err := rclone.ConfigFs(remote)
	if err != nil {
		class, hint := failure.Config, "add the remote to the rclone configuration, or correct the entity's remote"
		return nil, refuse(class, remote, hint, "open remote: %s", redact(err.Error()))
	}
	d, known := dialects[info.Name]
	if !known {
		return nil, refuse(failure.Config, remote, "", "open remote: backend %q is not supported", info.Name)
	}
	s := &Storage{pool: p, dialect: d, account: account, remote: remote, section: section, backend: info.Name}
	s.vendor, _ = values.Get("vendor")
	s.encoding, _ = values.Get("encoding")
	if s.fs, err = s.open(ctx, info, name, path, values); err != nil {
		return nil, err
	}
	s.atlas = newAtlas(s.Fold)
	return s, nil
}

func (s *Storage) open(ctx context.Context, info *rclone.RegInfo, name, path string, values *configmap.Map) (rclone.Fs, error) {
	// In front of every other source, so that the overrides hold: later getters of one priority come later.
	forced := configmap.New()
	forced.AddGetter(configmap.Simple(s.dialect.override), configmap.PriorityNormal)
	if s.vendor == "infinitescale" { // whose own way of uploading needs three requests, and cannot be told not to overwrite
		forced.AddGetter(configmap.Simple{"vendor": "owncloud"}, configmap.PriorityNormal)
	}
	forced.AddGetter(values, configmap.PriorityNormal)
	forced.AddSetter(values)
	op := s.operation(opening)
	// The slash at the end spares the request that finds out whether the path is a file.
	// The context must outlive the operation, and the caller's: backends keep it to refresh tokens.
	kept := op.context(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, op.cancel)
	defer func() { stop(); op.ended.Store(true) }()
	f, err := info.NewFs(kept, name, asFolder(info.Name, path), forced)
	// Some backends take every trouble for a folder that is not there.
	switch failed, _ := op.over(); {
	case failed:
		return nil, op.fail("open remote", "", err)
	case errors.Is(err, rclone.ErrorIsFile):
		return nil, refuse(failure.Permanent, s.remote, "correct the entity's remote", "open remote: it is a file")
	case err != nil:
		return nil, op.fail("open remote", "", err)
	case f.Features().BucketBased && f.Root() == "":
		return nil, refuse(failure.Config, s.remote, "write it as <remote>:<bucket>/<path>", "open remote: it names no bucket")
	}
	return f, nil
}

// asFolder gives a path without a slash at its end, or with one for the backends that take it for the mark of a folder.
func asFolder(backend, path string) string {
	bare := strings.TrimRight(path, "/")
	switch {
	case bare == "":
		return path
	case backend == "webdav", backend == "s3":
		return bare + "/"
	}
	return bare
}

func (s *Storage) operation(k kind) *operation {
	return &operation{pool: s.pool, dialect: s.dialect, account: s.account, remote: s.remote, kind: k}
}

// attempt runs an operation. On backends without HTTP it is paced and counted here, as one request. An answer that makes a
// backend panic (rclone's Dropbox does, on a 429 without details) is that operation's failure and not the process's end.
func (s *Storage) attempt(ctx context.Context, op *operation, run func(context.Context) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", errPanic, cause)
		}
	}()
	if s.dialect.bare {
		return s.pool.bare(ctx, s.account, run)
	}
	defer func() {
		op.ended.Store(true)
		op.cancel()
	}()
	return run(op.context(ctx))
}

// errPanic marks an operation in which a backend panicked.
var errPanic = errors.New("the backend cannot handle the answer")

// bare paces, counts and classifies an operation of a backend without HTTP.
func (p *Pool) bare(ctx context.Context, account string, run func(context.Context) error) error {
	if err := p.limiter.admit(ctx, account); err != nil {
		return err
	}
	p.counts.sent()
	start := time.Now()
	err := run(ctx)
	p.counts.ran(err, time.Since(start))
	return err
}

// settled gives the classified outcome of a writing operation, and notes what is not known any more.
func (s *Storage) settled(op *operation, verb, path string, err error) error {
	refusal, written := op.outcome()
	if written != nil && (err == nil || isKnown(err)) || err == nil && refusal == nil {
		return nil
	}
	err = op.fail(verb, path, err)
	switch class := failure.ClassOf(err); {
	case errors.Is(err, ErrTaken):
		s.atlas.add(place{path: path})
	case class == failure.Overload, class == "":
		s.atlas.doubt(path)
	}
	return err
}

// Mkdir creates a folder whose parent exists. A folder that is there already is fine; a file in its place is not. For ""
// it creates the remote itself, with the folders above it that are missing.
func (s *Storage) Mkdir(ctx context.Context, dir string) error {
	dir = s.atlas.spell(clean(dir))
	if found, ok := s.atlas.find(dir); ok {
		if found.dir {
			return nil
		}
		return s.fileInPlace(dir)
	}
	done, err := s.pool.write(ctx)
	if err != nil {
		return err
	}
	defer done()
	op := s.operation(making)
	op.parents = dir == ""
	err = s.attempt(ctx, op, func(ctx context.Context) error { return s.dialect.mkdir(ctx, s, dir) })
	if err == nil && op.parents {
		s.atlas.add(place{dir: true})
		return nil
	}
	if refusal, _ := op.outcome(); refusal != nil && refusal.mayMeanExists() && !op.parents {
		return s.confirmFolder(ctx, dir, op.fail("create folder", dir, err))
	}
	if err = s.settled(op, "create folder", dir, err); err == nil {
		s.atlas.add(place{path: dir, dir: true, whole: s.isNew(op, dir)})
	}
	return err
}

// isNew tells whether a folder that is there now was made by the operation, and so is empty. Some backends are silent about
// a folder that was there before.
func (s *Storage) isNew(op *operation, dir string) bool {
	_, written := op.outcome()
	above, known := s.atlas.find(parent(dir))
	return written != nil || known && above.whole
}

// mayMeanExists tells whether a refused folder may be there already: the statuses that servers use for that vary, and
// some of them also say that the parent is missing.
func (a *answer) mayMeanExists() bool {
	return a.verdict.taken || a.status == 405 || a.status == 406 || a.status == 409
}

// confirmFolder looks whether a folder that could not be created is there.
func (s *Storage) confirmFolder(ctx context.Context, dir string, refused error) error {
	if s.dialect.atomic {
		s.atlas.add(place{path: dir, dir: true})
		return nil
	}
	if _, err := s.survey(ctx, parent(dir)); err != nil {
		return err
	}
	switch found, ok := s.atlas.find(dir); {
	case !ok:
		return refused
	case found.dir:
		return nil
	}
	return s.fileInPlace(dir)
}

func (s *Storage) fileInPlace(dir string) error {
	return s.refuse(dir, "rename the file, then run again", "create folder: a file has its name")
}

// Create writes a file where none is; its folder exists. Where the name is taken the error is ErrTaken, and what is there
// stays untouched. After an error of class overload, or a cancelled context, the file may be there, whole or (on WebDAV) in
// part: list again. While it is sent, data is in memory about four times.
func (s *Storage) Create(ctx context.Context, path string, data []byte) error {
	return s.place(ctx, creating, "create file", path, func(ctx context.Context, path string) error {
		return s.dialect.create(ctx, s, path, data)
	})
}

// place creates a file by any means, where its name is free.
func (s *Storage) place(ctx context.Context, k kind, verb, path string, run func(context.Context, string) error) error {
	path = s.atlas.spell(clean(path))
	if err := s.vacant(ctx, k, verb, path); err != nil {
		return err
	}
	done, err := s.pool.write(ctx)
	if err != nil {
		return err
	}
	defer done()
	op := s.operation(k)
	err = s.attempt(ctx, op, func(ctx context.Context) error { return run(ctx, path) })
	if errors.Is(err, errCannotCopy) {
		return err
	}
	if k == copying && err != nil && strings.Contains(err.Error(), errForbidden.Error()) {
		return s.blocked(ctx, verb, path, op.fail(verb, path, err))
	}
	if err = s.settled(op, verb, path, err); err == nil {
		s.atlas.add(place{path: path})
	}
	return err
}

// blocked tells why a copy was kept from going on: some backends find that the name is taken and want to make room for it.
func (s *Storage) blocked(ctx context.Context, verb, path string, cause error) error {
	if _, err := s.survey(ctx, parent(path)); err != nil {
		return err
	}
	if _, ok := s.atlas.find(path); ok {
		return s.nameTaken(verb, path)
	}
	return cause
}

func (s *Storage) nameTaken(verb, path string) error {
	return s.refuse(path, "", "%s: %w", verb, ErrTaken)
}

// vacant makes sure that a name is free as far as listings can tell, and lists its folder where that was not done. Only for
// a new file may the provider's own refusal stand in for the listing: not every server heeds the condition on a copy.
func (s *Storage) vacant(ctx context.Context, k kind, verb, path string) error {
	if _, ok := s.atlas.find(path); ok {
		return s.nameTaken(verb, path)
	}
	if s.dialect.atomic && k == creating {
		return nil
	}
	exists, err := s.surveyOnce(ctx, parent(path))
	if err != nil {
		return err
	}
	if !exists && parent(path) != "" && !s.fs.Features().BucketBased {
		return s.refuse(path, hintMissing, "%s: its folder is missing", verb)
	}
	if _, ok := s.atlas.find(path); ok {
		return s.nameTaken(verb, path)
	}
	return nil
}

// surveyOnce lists a folder unless all that is in it is known already.
func (s *Storage) surveyOnce(ctx context.Context, dir string) (exists bool, err error) {
	s.surveying.Lock()
	defer s.surveying.Unlock()
	if found, ok := s.atlas.find(dir); ok && found.whole {
		return true, nil
	}
	return s.survey(ctx, dir)
}

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
	if s.dialect.copy != nil {
		err = s.place(ctx, copying, "copy file", to, func(ctx context.Context, to string) error {
			return s.dialect.copy(ctx, s, object, to)
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

// object gives the file of a path, from a listing where there was one. A folder that was not listed is, since its other
// files are likely to be asked for next.
func (s *Storage) object(ctx context.Context, path string) (rclone.Object, error) {
	path = s.atlas.spell(clean(path))
	if found, ok := s.atlas.find(path); ok && found.object != nil {
		return found.object, nil
	}
	if _, err := s.surveyOnce(ctx, parent(path)); err != nil {
		return nil, err
	}
	if found, ok := s.atlas.find(path); ok && found.object != nil {
		return found.object, nil
	}
	return s.lookUp(ctx, path)
}

// lookUp asks for one file: it may have come since its folder was listed.
func (s *Storage) lookUp(ctx context.Context, path string) (object rclone.Object, err error) {
	op := s.operation(reading)
	err = s.attempt(ctx, op, func(ctx context.Context) error {
		object, err = s.fs.NewObject(ctx, path)
		return err
	})
	if err != nil {
		return nil, op.fail("find file", path, err)
	}
	return object, nil
}

// read gives a file's content.
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
		return nil, op.fail("read file", object.Remote(), err)
	}
	return data, nil
}

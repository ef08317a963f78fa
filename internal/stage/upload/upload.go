// Package upload is the third stage: it brings an entity's period to the customer's storage. It alone talks to a provider.
//
// A manifest, kept in the ledger before the first write, says which files are planned and which of their names were taken
// already. What was taken is left as it is. What was absent is created; found again after an interruption, it is ours where
// it is what was planned, a fragment of ours to be completed where it is a beginning of that, and a person's otherwise.
package upload

import (
	"context"
	"fmt"
	"time"

	"metronome/internal/content"
	"metronome/internal/ledger"
	"metronome/internal/provider"
	"metronome/internal/receipt"
	"metronome/internal/stage"
)

// Opener opens the storage that an entity lives in; *provider.Pool is one.
type Opener interface {
	Storage(ctx context.Context, account, remote string) (*provider.Storage, error)
	Counts() provider.Counts
}

// Stage does the upload stage.
type Stage struct {
	Ledger   ledger.Ledger
	Pool     Opener
	Retry    RetryPolicy
	InFlight func() int // how many requests one entity may have under way; asked once an entity
}

// Do brings one entity's period to its storage. Cancelling stop lets the requests under way finish and starts no more; the
// error is then the context's cause, and Do may be called again.
func (s Stage) Do(ctx, stop context.Context, job stage.Job) error {
	return stage.Once(ctx, s.Ledger, job, receipt.Upload, func(ctx context.Context) (*receipt.Uploaded, error) {
		started, before := time.Now(), s.Pool.Counts().Requests
		uploaded, err := s.upload(ctx, stop, job)
		if err != nil {
			return nil, fmt.Errorf("upload %s: %w", job.Entity.Remote, err)
		}
		uploaded.Requests = s.Pool.Counts().Requests - before
		uploaded.Seconds = time.Since(started).Seconds()
		return uploaded, nil
	})
}

func (s Stage) upload(ctx, stop context.Context, job stage.Job) (*receipt.Uploaded, error) {
	if err := stage.RefuseUnlessOpen(ctx, s.Ledger, job); err != nil {
		return nil, err
	}
	u := &session{
		ledger: s.Ledger, job: job, concurrency: newConcurrency(s.InFlight()),
		retry: func(ctx context.Context, operation func(context.Context) error) error {
			return s.Retry.do(ctx, stop, operation)
		},
	}
	if err := u.open(ctx, s.Pool); err != nil {
		return nil, err
	}
	if err := u.loadPlan(ctx); err != nil {
		return nil, err
	}
	if err := u.makeFolders(ctx); err != nil {
		return nil, err
	}
	if err := u.makeFiles(ctx); err != nil {
		return nil, err
	}
	return u.verify(ctx)
}

// session is the upload of one entity.
type session struct {
	ledger        ledger.Ledger
	job           stage.Job
	storage       *provider.Storage
	concurrency   *concurrency
	retry         func(ctx context.Context, operation func(context.Context) error) error
	manifest      Manifest
	entriesByPath map[string]provider.Entry // what the period's root holds, by folded path
	rootExists    bool
	outcomes      []outcome // by index in manifest.Files
}

// request sends one request to the provider, again where it was refused for now.
func (s *session) request(ctx context.Context, send func(context.Context) error) error {
	return s.retry(ctx, func(ctx context.Context) error { return s.concurrency.run(ctx, send) })
}

func (s *session) open(ctx context.Context, pool Opener) error {
	return s.request(ctx, func(ctx context.Context) (err error) {
		s.storage, err = pool.Storage(ctx, s.job.Entity.Account, s.job.Entity.Remote)
		return err
	})
}

// loadPlan lists the storage and loads the manifest of an earlier attempt, or makes and keeps a new one.
func (s *session) loadPlan(ctx context.Context) error {
	kept, err := ledger.ReadOptionalJSON[Manifest](ctx, s.ledger, s.job.Key(ledger.ManifestName))
	if err != nil {
		return err
	}
	folders, _, err := ledger.ReadJSON[content.Folders](ctx, s.ledger, s.job.Key(ledger.FoldersName))
	if err != nil {
		return err
	}
	if err := s.listRoot(ctx, folders.Root); err != nil {
		return err
	}
	if kept != nil {
		s.manifest = *kept
	} else {
		planned, err := s.plan(ctx, folders)
		if err != nil {
			return err
		}
		if s.manifest, err = ledger.CreateOrReadJSON(ctx, s.ledger, s.job.Key(ledger.ManifestName), planned); err != nil {
			return err
		}
	}
	s.outcomes = make([]outcome, len(s.manifest.Files))
	return nil
}

// listRoot lists the period's root.
func (s *session) listRoot(ctx context.Context, root string) error {
	tree, err := s.list(ctx, root)
	if err != nil {
		return err
	}
	s.rootExists = tree.Exists
	s.entriesByPath = make(map[string]provider.Entry, len(tree.Entries))
	for _, entry := range tree.Entries {
		s.entriesByPath[s.storage.Fold(entry.Path)] = entry
	}
	return nil
}

func (s *session) list(ctx context.Context, dir string) (tree provider.Tree, err error) {
	err = s.request(ctx, func(ctx context.Context) error {
		tree, err = s.storage.Tree(ctx, dir)
		return err
	})
	return tree, err
}

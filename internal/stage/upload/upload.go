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

// Opener gives the storage that an entity lives in; *provider.Pool is one.
type Opener interface {
	Storage(ctx context.Context, account, remote string) (*provider.Storage, error)
	Counts() provider.Counts
}

// Stage does the upload stage.
type Stage struct {
	Ledger   ledger.Ledger
	Pool     Opener
	Patience Patience
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
	storage, err := s.open(ctx, job)
	if err != nil {
		return nil, err
	}
	v := &visit{
		Stage: s, job: job, storage: storage, stopping: func() error { return context.Cause(stop) },
		lane: newLane(s.InFlight()),
	}
	if err := v.survey(ctx); err != nil {
		return nil, err
	}
	if err := v.makeFolders(ctx); err != nil {
		return nil, err
	}
	if err := v.makeFiles(ctx); err != nil {
		return nil, err
	}
	return v.verify(ctx)
}

func (s Stage) open(ctx context.Context, job stage.Job) (storage *provider.Storage, err error) {
	err = s.Patience.try(ctx, func(ctx context.Context) error {
		storage, err = s.Pool.Storage(ctx, job.Entity.Account, job.Entity.Remote)
		return err
	})
	return storage, err
}

// visit is one entity's stay at its storage.
type visit struct {
	Stage
	job      stage.Job
	storage  *provider.Storage
	stopping func() error // why to stop between two requests; nil: go on
	lane     *lane
	manifest Manifest
	present  map[string]provider.Entry // what the period's root holds, by folded path
	exists   bool                      // the root is there
	results  []result                  // by index in manifest.Files
}

// result says what became of one planned file.
type result struct {
	written bool   // by this stage, now or before an interruption
	kept    string // why the name was left as it is; "" where it was written
	size    int64
	hash    string // as planned, of the provider's kind
}

// survey looks at the storage and settles the plan: the manifest of an earlier try, or a new one.
func (v *visit) survey(ctx context.Context) error {
	kept, err := stage.Optional[Manifest](ctx, v.Ledger, v.job.Key(ledger.ManifestName))
	if err != nil {
		return err
	}
	folders, _, err := ledger.ReadJSON[content.Folders](ctx, v.Ledger, v.job.Key(ledger.FoldersName))
	if err != nil {
		return err
	}
	if err := v.look(ctx, folders.Root); err != nil {
		return err
	}
	if kept == nil {
		fresh, err := v.plan(ctx, folders)
		if err != nil {
			return err
		}
		if kept, err = v.keep(ctx, fresh); err != nil {
			return err
		}
	}
	v.manifest = *kept
	v.results = make([]result, len(kept.Files))
	return nil
}

func (v *visit) keep(ctx context.Context, fresh Manifest) (*Manifest, error) {
	kept, err := stage.Keep(ctx, v.Ledger, v.job.Key(ledger.ManifestName), fresh)
	return &kept, err
}

// look lists the period's root.
func (v *visit) look(ctx context.Context, root string) error {
	tree, err := v.tree(ctx, root)
	if err != nil {
		return err
	}
	v.exists = tree.Exists
	v.present = make(map[string]provider.Entry, len(tree.Entries))
	for _, entry := range tree.Entries {
		v.present[v.storage.Fold(entry.Path)] = entry
	}
	return nil
}

func (v *visit) tree(ctx context.Context, dir string) (tree provider.Tree, err error) {
	err = v.Patience.try(ctx, func(ctx context.Context) error {
		tree, err = v.storage.Tree(ctx, dir)
		return err
	})
	return tree, err
}

// stopped gives the reason to stop between two requests, if there is one.
func (v *visit) stopped(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return v.stopping()
}

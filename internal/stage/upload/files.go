package upload

import (
	"context"
	"errors"
	"path"

	"metronome/internal/failure"
	"metronome/internal/provider"
)

// Reasons for leaving a planned name as it is.
const (
	keptBefore  = "was there before this period was replicated"
	keptChanged = "was created or changed by somebody since"
)

// makeFiles brings every planned file to the storage, or settles why it stays as it is.
func (v *visit) makeFiles(ctx context.Context) error {
	return v.lane.each(ctx, len(v.manifest.Files), func(ctx context.Context, i int) error {
		settled, err := v.makeFile(ctx, v.manifest.Files[i])
		if err == nil {
			v.results[i] = settled
		}
		return err
	})
}

func (v *visit) makeFile(ctx context.Context, file Planned) (result, error) {
	if file.Taken {
		return result{kept: keptBefore}, nil
	}
	data, err := v.data(ctx, file)
	if err != nil {
		return result{}, err
	}
	intended := v.intended(file, data)
	if entry, found := v.present[v.storage.Fold(file.Path)]; found {
		return v.settle(ctx, file, entry, data, intended)
	}
	return v.create(ctx, file, data, intended)
}

// data reads what is to be written; nil for a document that is copied at the provider.
func (v *visit) data(ctx context.Context, file Planned) ([]byte, error) {
	switch file.Source {
	case FromLedger:
		data, _, err := v.Ledger.Get(ctx, file.Key)
		return data, err
	case FromPlaceholder:
		return []byte{}, nil
	default:
		return nil, nil
	}
}

// intended is what the file will look like once it is there.
func (v *visit) intended(file Planned, data []byte) result {
	if file.Source == FromPrior {
		return result{written: true, size: file.Size, hash: file.Hash}
	}
	return result{written: true, size: int64(len(data)), hash: v.storage.HashOf(data)}
}

// settle decides about a name that was absent when the manifest was made and is there now.
func (v *visit) settle(ctx context.Context, file Planned, entry provider.Entry, data []byte, intended result,
) (result, error) {
	if entry.Dir {
		return result{kept: keptChanged}, nil
	}
	if _, same := v.storage.Matches(entry, intended.size, intended.hash); same {
		return intended, nil
	}
	if data == nil || entry.Size >= intended.size {
		return result{kept: keptChanged}, nil
	}
	err := v.complete(ctx, file, data)
	if errors.Is(err, provider.ErrTaken) {
		return result{kept: keptChanged}, nil
	}
	return intended, err
}

// complete finishes a fragment that an interrupted write of ours left.
func (v *visit) complete(ctx context.Context, file Planned, data []byte) error {
	return v.Patience.try(ctx, func(ctx context.Context) error {
		if err := v.stopped(ctx); err != nil {
			return err
		}
		return v.lane.run(ctx, func(ctx context.Context) error { return v.storage.Complete(ctx, file.Path, data) })
	})
}

// create writes a file whose name is absent. After an answer that leaves open whether the file was written (a dropped
// connection, a 5xx) it looks before it writes again.
func (v *visit) create(ctx context.Context, file Planned, data []byte, intended result) (settled result, err error) {
	unsure := false
	err = v.Patience.try(ctx, func(ctx context.Context) error {
		if err := v.stopped(ctx); err != nil {
			return err
		}
		if unsure {
			entry, found, err := v.find(ctx, file.Path)
			if err != nil {
				return err
			}
			if found {
				settled, err = v.settle(ctx, file, entry, data, intended)
				return err
			}
		}
		err := v.lane.run(ctx, func(ctx context.Context) error { return v.write(ctx, file, data) })
		if errors.Is(err, provider.ErrTaken) {
			settled, err = v.settleTaken(ctx, file, data, intended)
			return err
		}
		unsure = unsure || failure.ClassOf(err) == failure.Overload
		settled = intended
		return err
	})
	return settled, err
}

// settleTaken looks at a name that was taken since the listing: by an earlier answerless try of ours, or by somebody.
func (v *visit) settleTaken(ctx context.Context, file Planned, data []byte, intended result) (result, error) {
	entry, found, err := v.find(ctx, file.Path)
	if err != nil || !found {
		return result{kept: keptChanged}, err
	}
	return v.settle(ctx, file, entry, data, intended)
}

func (v *visit) write(ctx context.Context, file Planned, data []byte) error {
	if file.Source == FromPrior {
		from := provider.Entry{Path: file.From, Size: file.Size, Hash: file.Hash}
		return v.storage.Copy(ctx, from, file.Path)
	}
	return v.storage.Create(ctx, file.Path, data)
}

// find looks for one file.
func (v *visit) find(ctx context.Context, name string) (provider.Entry, bool, error) {
	tree, err := v.tree(ctx, path.Dir(name))
	if err != nil {
		return provider.Entry{}, false, err
	}
	for _, entry := range tree.Entries {
		if v.storage.Fold(entry.Path) == v.storage.Fold(name) {
			return entry, true, nil
		}
	}
	return provider.Entry{}, false, nil
}

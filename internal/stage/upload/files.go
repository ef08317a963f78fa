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

// outcome says what became of one planned file: what it is, or why its name was left as it was.
type outcome struct {
	keptReason string // why the name was left; "" where the file is ours
	size       int64
	hash       string // of the provider's kind; "" where it is not known
}

// makeFiles brings every planned file to the storage, or decides why its name stays as it is.
func (s *session) makeFiles(ctx context.Context) error {
	return s.concurrency.forEach(ctx, len(s.manifest.Files), func(ctx context.Context, i int) error {
		made, err := s.makeFile(ctx, s.manifest.Files[i])
		if err == nil {
			s.outcomes[i] = made
		}
		return err
	})
}

func (s *session) makeFile(ctx context.Context, file PlannedFile) (outcome, error) {
	if file.Taken {
		return outcome{keptReason: keptBefore}, nil
	}
	data, err := s.data(ctx, file)
	if err != nil {
		return outcome{}, err
	}
	expected := s.expected(file, data)
	if entry, found := s.entriesByPath[s.storage.Fold(file.Path)]; found {
		return s.resolveExisting(ctx, file, entry, data, expected)
	}
	return s.create(ctx, file, data, expected)
}

// data reads what is to be written; nil for a document that is copied at the provider.
func (s *session) data(ctx context.Context, file PlannedFile) ([]byte, error) {
	switch file.Source {
	case FromLedger:
		data, _, err := s.ledger.Get(ctx, file.Key)
		return data, err
	case FromPlaceholder:
		return []byte{}, nil
	default:
		return nil, nil
	}
}

// expected is what the file will look like once it is there.
func (s *session) expected(file PlannedFile, data []byte) outcome {
	if file.Source == FromPrior {
		return outcome{size: file.Size, hash: file.Hash}
	}
	return outcome{size: int64(len(data)), hash: s.storage.HashOf(data)}
}

// resolveExisting decides about a name that was absent when the manifest was made and is there now.
func (s *session) resolveExisting(ctx context.Context, file PlannedFile, entry provider.Entry, data []byte, expected outcome,
) (outcome, error) {
	if entry.Dir {
		return outcome{keptReason: keptChanged}, nil
	}
	if _, same := s.storage.Matches(entry, expected.size, expected.hash); same {
		return expected, nil
	}
	if data == nil || entry.Size >= expected.size {
		return outcome{keptReason: keptChanged}, nil
	}
	err := s.request(ctx, func(ctx context.Context) error { return s.storage.Complete(ctx, file.Path, data) })
	if errors.Is(err, provider.ErrTaken) {
		return outcome{keptReason: keptChanged}, nil
	}
	return expected, err
}

// create writes a file whose name is absent. After an answer that leaves open whether the file was written (a dropped
// connection, a 5xx) it looks before it writes again.
func (s *session) create(ctx context.Context, file PlannedFile, data []byte, expected outcome) (made outcome, err error) {
	unsure := false
	err = s.retry(ctx, func(ctx context.Context) error {
		if unsure {
			entry, found, err := s.find(ctx, file.Path)
			if err != nil {
				return err
			}
			if found {
				made, err = s.resolveExisting(ctx, file, entry, data, expected)
				return err
			}
		}
		err := s.concurrency.run(ctx, func(ctx context.Context) error { return s.write(ctx, file, data) })
		if errors.Is(err, provider.ErrTaken) {
			made, err = s.resolveTaken(ctx, file, data, expected)
			return err
		}
		unsure = unsure || failure.ClassOf(err) == failure.Overload
		made = expected
		return err
	})
	return made, err
}

// resolveTaken decides about a name that was taken since the listing: by an earlier attempt of ours that got no answer, or by
// somebody.
func (s *session) resolveTaken(ctx context.Context, file PlannedFile, data []byte, expected outcome) (outcome, error) {
	entry, found, err := s.find(ctx, file.Path)
	if err != nil || !found {
		return outcome{keptReason: keptChanged}, err
	}
	return s.resolveExisting(ctx, file, entry, data, expected)
}

func (s *session) write(ctx context.Context, file PlannedFile, data []byte) error {
	if file.Source == FromPrior {
		from := provider.Entry{Path: file.From, Size: file.Size, Hash: file.Hash}
		return s.storage.Copy(ctx, from, file.Path)
	}
	return s.storage.Create(ctx, file.Path, data)
}

// find looks for one file.
func (s *session) find(ctx context.Context, name string) (provider.Entry, bool, error) {
	tree, err := s.list(ctx, path.Dir(name))
	if err != nil {
		return provider.Entry{}, false, err
	}
	for _, entry := range tree.Entries {
		if s.storage.Fold(entry.Path) == s.storage.Fold(name) {
			return entry, true, nil
		}
	}
	return provider.Entry{}, false, nil
}

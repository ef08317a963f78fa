package upload

import (
	"context"

	"metronome/internal/failure"
	"metronome/internal/receipt"
)

// verify lists the period's root once more and compares every written file with what was planned.
func (s *session) verify(ctx context.Context) (*receipt.Uploaded, error) {
	if err := s.listRoot(ctx, s.manifest.Root); err != nil {
		return nil, err
	}
	uploaded := &receipt.Uploaded{
		Remote: s.job.Entity.Remote, Folders: len(s.manifest.Folders), Created: []receipt.File{},
		UserCreated: s.manifest.UserCreated,
	}
	for i, file := range s.manifest.Files {
		if reason := s.outcomes[i].keptReason; reason != "" {
			uploaded.Kept = append(uploaded.Kept, receipt.Kept{Path: file.Path, Reason: reason})
			continue
		}
		verified, err := s.verifyFile(file, s.outcomes[i])
		if err != nil {
			return nil, err
		}
		uploaded.Created = append(uploaded.Created, verified)
	}
	return uploaded, nil
}

func (s *session) verifyFile(file PlannedFile, expected outcome) (receipt.File, error) {
	entry, found := s.entriesByPath[s.storage.Fold(file.Path)]
	if !found {
		return receipt.File{}, failure.New(failure.Overload, s.job.Entity.Remote, file.Path,
			"run the period again", "the provider took the file but does not list it")
	}
	method, same := s.storage.Matches(entry, expected.size, expected.hash)
	if !same {
		return receipt.File{}, failure.New(failure.Overload, s.job.Entity.Remote, file.Path,
			"run the period again", "the provider lists %d bytes (%s), but %d (%s) were written",
			entry.Size, entry.Hash, expected.size, expected.hash)
	}
	return receipt.File{Path: file.Path, Size: entry.Size, Hash: entry.Hash, Verified: method}, nil
}

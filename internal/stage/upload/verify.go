package upload

import (
	"context"

	"metronome/internal/failure"
	"metronome/internal/receipt"
)

// verify lists the period's root once more and compares every written file with what was planned.
func (v *visit) verify(ctx context.Context) (*receipt.Uploaded, error) {
	if err := v.stopped(ctx); err != nil {
		return nil, err
	}
	if err := v.look(ctx, v.manifest.Root); err != nil {
		return nil, err
	}
	uploaded := &receipt.Uploaded{
		Remote: v.job.Entity.Remote, Folders: len(v.manifest.Folders), Created: []receipt.File{},
		HandMade: v.manifest.HandMade,
	}
	for i, file := range v.manifest.Files {
		if reason := v.results[i].kept; reason != "" {
			uploaded.Kept = append(uploaded.Kept, receipt.Kept{Path: file.Path, Reason: reason})
			continue
		}
		verified, err := v.compare(file, v.results[i])
		if err != nil {
			return nil, err
		}
		uploaded.Created = append(uploaded.Created, verified)
	}
	return uploaded, nil
}

func (v *visit) compare(file Planned, intended result) (receipt.File, error) {
	entry, found := v.present[v.storage.Fold(file.Path)]
	if !found {
		return receipt.File{}, failure.New(failure.Overload, v.job.Entity.Remote, file.Path,
			"run the period again", "the provider took the file but does not list it")
	}
	how, same := v.storage.Matches(entry, intended.size, intended.hash)
	if !same {
		return receipt.File{}, failure.New(failure.Overload, v.job.Entity.Remote, file.Path,
			"run the period again", "the provider lists %d bytes (%s), written were %d (%s)",
			entry.Size, entry.Hash, intended.size, intended.hash)
	}
	return receipt.File{Path: file.Path, Size: entry.Size, Hash: entry.Hash, Verified: how}, nil
}

package upload

import (
	"context"
	"strings"

	"metronome/internal/failure"
)

// makeFolders makes the missing folders level by level, so that a parent is there before its children.
func (s *session) makeFolders(ctx context.Context) error {
	for _, level := range byDepth(s.manifest.Folders) {
		missing, err := s.missing(level)
		if err != nil {
			return err
		}
		err = s.concurrency.forEach(ctx, len(missing), func(ctx context.Context, i int) error {
			return s.makeFolder(ctx, missing[i])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeFolder makes one folder. A customer's folder that does not exist yet is made too, where the first folder of the period
// shows that it is missing: asking beforehand would cost every other entity a request.
func (s *session) makeFolder(ctx context.Context, folder string) error {
	err := s.mkdir(ctx, folder)
	if failure.ClassOf(err) != failure.Permanent || strings.Contains(folder, "/") || s.rootExists {
		return err
	}
	if err := s.mkdir(ctx, ""); err != nil {
		return err
	}
	return s.mkdir(ctx, folder)
}

func (s *session) mkdir(ctx context.Context, folder string) error {
	return s.request(ctx, func(ctx context.Context) error { return s.storage.Mkdir(ctx, folder) })
}

// missing leaves out the folders that are known to be there: what was listed, and what lies above a root that exists.
func (s *session) missing(folders []string) ([]string, error) {
	var missing []string
	for _, folder := range folders {
		entry, found := s.entriesByPath[s.storage.Fold(folder)]
		switch {
		case found && !entry.Dir:
			return nil, failure.New(failure.Permanent, s.job.Entity.Remote, folder,
				"rename that file, or the folder in the template set", "a file is where a folder of the period belongs")
		case found, s.rootExists && s.isRootOrAbove(folder):
		default:
			missing = append(missing, folder)
		}
	}
	return missing, nil
}

func (s *session) isRootOrAbove(folder string) bool {
	return folder == s.manifest.Root || strings.HasPrefix(s.manifest.Root, folder+"/")
}

func byDepth(folders []string) [][]string {
	var levels [][]string
	for _, folder := range folders {
		depth := strings.Count(folder, "/")
		for len(levels) <= depth {
			levels = append(levels, nil)
		}
		levels[depth] = append(levels[depth], folder)
	}
	return levels
}

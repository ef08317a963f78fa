package upload

import (
	"context"
	"strings"

	"metronome/internal/failure"
)

// makeFolders makes the missing folders level by level, so that a parent is there before its children.
func (v *visit) makeFolders(ctx context.Context) error {
	for _, level := range byDepth(v.manifest.Folders) {
		missing, err := v.missing(level)
		if err != nil {
			return err
		}
		err = v.lane.each(ctx, len(missing), func(ctx context.Context, i int) error {
			return v.makeFolder(ctx, missing[i])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeFolder makes one folder. A customer's folder that does not exist yet is made too, where the first folder of the period
// shows that it is missing: asking beforehand would cost every other entity a request.
func (v *visit) makeFolder(ctx context.Context, folder string) error {
	err := v.mkdir(ctx, folder)
	if failure.ClassOf(err) != failure.Permanent || strings.Contains(folder, "/") || v.exists {
		return err
	}
	if baseErr := v.mkdir(ctx, ""); baseErr != nil {
		return baseErr
	}
	return v.mkdir(ctx, folder)
}

func (v *visit) mkdir(ctx context.Context, folder string) error {
	return v.Patience.try(ctx, func(ctx context.Context) error {
		if err := v.stopped(ctx); err != nil {
			return err
		}
		return v.lane.run(ctx, func(ctx context.Context) error { return v.storage.Mkdir(ctx, folder) })
	})
}

// missing leaves out the folders that are known to be there: what was listed, and what lies above a root that exists.
func (v *visit) missing(folders []string) ([]string, error) {
	var missing []string
	for _, folder := range folders {
		entry, found := v.present[v.storage.Fold(folder)]
		switch {
		case found && !entry.Dir:
			return nil, failure.New(failure.Permanent, v.job.Entity.Remote, folder,
				"rename that file, or the folder in the template set", "a file is where a folder of the period belongs")
		case found, v.exists && v.aboveRoot(folder):
		default:
			missing = append(missing, folder)
		}
	}
	return missing, nil
}

func (v *visit) aboveRoot(folder string) bool {
	return folder == v.manifest.Root || strings.HasPrefix(v.manifest.Root, folder+"/")
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

package ledger

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"metronome/internal/failure"
)

// Limits of keys: a file name's on common filesystems, and S3's 1024 bytes less room for the ledger's prefix.
const (
	maxKeyBytes     = 900
	maxElementBytes = 255
)

// checkKey refuses what cannot be a key on every backend.
func checkKey(key string) error {
	if err := keyProblem(key); err != nil {
		return failure.New(failure.Data, "ledger key", key, "", "check key: %w", err)
	}
	return nil
}

// checkPrefix refuses what cannot be above a key: a prefix is "" or ends in "/".
func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	folder, ok := strings.CutSuffix(prefix, "/")
	if !ok {
		return failure.New(failure.Data, "ledger prefix", prefix, "", "check prefix: does not end in /")
	}
	return checkKey(folder)
}

func keyProblem(key string) error {
	switch {
	case len(key) > maxKeyBytes:
		return errors.New("longer than 900 bytes")
	case !utf8.ValidString(key):
		return errors.New("not UTF-8")
	case strings.HasPrefix(key, "."):
		return errors.New("names that begin with a dot at the top are the backend's own")
	case strings.ContainsFunc(key, unicode.IsControl):
		return errors.New("control character")
	}
	for element := range strings.SplitSeq(key, "/") {
		if err := elementProblem(element); err != nil {
			return err
		}
	}
	return nil
}

func elementProblem(element string) error {
	switch {
	case element == "":
		return errors.New("empty element: keys are relative, without // and without / at the end")
	case element == "." || element == "..":
		return errors.New("element . or .. in it")
	case len(element) > maxElementBytes:
		return errors.New("element longer than 255 bytes")
	}
	return nil
}

// checkDeletable refuses to delete what is not run state.
func checkDeletable(key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if !strings.HasPrefix(key, RunsPrefix) {
		return failure.New(failure.Data, "ledger key", key, "", "delete document: only run state, below runs/, is ever deleted")
	}
	return nil
}

package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"

	rclone "github.com/rclone/rclone/fs"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// ErrTaken says that a file or folder of that name is there already; it is left as it is.
var ErrTaken = errors.New("the name is taken")

// fail makes a classified error of what rclone said about an operation, by the answer that decided it where there is one.
func (o *operation) fail(verb, path string, err error) error {
	path = join(o.remote, path)
	err = o.classified(verb, path, err)
	if e, ok := errors.AsType[*failure.Error](err); ok {
		section, _, _ := strings.Cut(o.remote, ":")
		e.Hint = strings.ReplaceAll(e.Hint, "this remote", fmt.Sprintf("remote %q", section))
	}
	return err
}

// join returns a path as an operator would write it: "box-acme:Close/Acme US/2026".
func join(remote, path string) string {
	if path == "" || strings.HasSuffix(remote, ":") || strings.HasSuffix(remote, "/") {
		return remote + path
	}
	return remote + "/" + path
}

func (o *operation) classified(verb, path string, err error) error {
	if refusal, _ := o.outcome(); refusal != nil {
		return refusal.fail(verb, path, err)
	}
	if errors.Is(err, ErrTaken) {
		return refuse(failure.Permanent, path, "", "%s: %w", verb, ErrTaken)
	}
	if ctx := contextError(err); ctx != nil {
		return fmt.Errorf("%s %q: %w", verb, path, ctx)
	}
	class, hint := classifyLocal(err)
	return &failure.Error{Class: class, Key: path, Hint: hint, Err: fmt.Errorf("%s: %s", verb, redact(err.Error()))}
}

// fail makes a classified error of a refusing answer.
func (a *answer) fail(verb, path string, err error) error {
	e := &failure.Error{Class: a.meaning.class, Key: path, Hint: a.meaning.hint, Until: a.meaning.until}
	switch {
	case a.meaning.taken:
		e.Err = fmt.Errorf("%s: %w", verb, ErrTaken)
	case a.status == 0:
		e.Err = fmt.Errorf("%s: %s", verb, redact(a.problem))
	case err == nil, errors.Is(err, errAlreadyRefused), contextError(err) != nil: // rclone was cut short by the refusal
		e.Err = fmt.Errorf("%s: the server answered %d to %s", verb, a.status, a.method)
	default:
		e.Err = fmt.Errorf("%s: the server answered %d to %s: %s", verb, a.status, a.method, redact(err.Error()))
	}
	return e
}

// isAnswered reports whether a request was not sent because its answer was known; not every backend keeps the cause of its
// errors.
func isAnswered(err error) bool {
	return errors.Is(err, errAnswered) || strings.Contains(err.Error(), errAnswered.Error())
}

// contextError returns the cancellation or time-out that an error comes from, nil where it comes from neither.
func contextError(err error) error {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return cause
		}
	}
	return nil
}

// classifyLocal classifies an error that came without an HTTP answer: of a file system, of SFTP, or of rclone itself.
func classifyLocal(err error) (failure.Class, string) {
	switch {
	case errors.Is(err, rclone.ErrorNotFoundInConfigFile):
		return failure.Config, "add the remote to the rclone configuration, or correct the entity's remote in the catalog"
	case errors.Is(err, fs.ErrPermission):
		return failure.Permanent, kind.HintAccess
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return failure.Permanent, kind.HintRoom
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, rclone.ErrorDirNotFound), errors.Is(err, rclone.ErrorObjectNotFound):
		return failure.Permanent, kind.HintMissing
	case errors.Is(err, errNotAllowed), errors.Is(err, errNoOperation):
		return failure.Permanent, "report this: rclone wanted to send a request that is not known to be safe"
	case signInFailed.MatchString(err.Error()):
		return failure.Permanent, kind.HintCredential
	case connectionLost(err):
		return failure.Overload, ""
	}
	return failure.Permanent, ""
}

// signInFailed matches what SSH and the OAuth libraries say about a credential that is not accepted.
var signInFailed = regexp.MustCompile(`unable to authenticate|invalid_grant|invalid_client|couldn't fetch token|empty token`)

// connectionLost reports whether the other end, or the way to it, is the trouble.
func connectionLost(err error) bool {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return true
	}
	for _, cause := range []error{
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.EHOSTUNREACH, syscall.ENETUNREACH,
		os.ErrDeadlineExceeded, os.ErrClosed,
	} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return lostMessage.MatchString(err.Error())
}

// lostMessage matches the lost connections that SSH and SFTP report as plain text.
var lostMessage = regexp.MustCompile(`\bEOF\b|connection lost|handshake failed: read|connection reset|broken pipe`)

var (
	urlUser  = regexp.MustCompile(`://[^/\s@"]+@`)
	urlQuery = regexp.MustCompile(`(https?://[^\s?"]+)\?[^\s"]+`)
	bearer   = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}`)
	secret   = regexp.MustCompile(`(?i)("?\b(?:access_token|refresh_token|client_secret|password|pass|sig|signature)"?\s*[=:]\s*)"?[^\s"&,}]+"?`)
)

// redact takes credentials out of a message: user names and queries of URLs, tokens, passwords. It also keeps it short.
func redact(text string) string {
	text = urlUser.ReplaceAllString(text, "://")
	text = urlQuery.ReplaceAllString(text, "$1")
	text = bearer.ReplaceAllString(text, "$1 …")
	text = secret.ReplaceAllString(text, "$1…")
	const limit = 500
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return text
}

// refuse makes a permanent error of the storage's own about one of its paths.
func (s *Storage) refuse(path, hint, format string, args ...any) error {
	return refuse(failure.Permanent, join(s.remote, path), hint, format, args...)
}

// refuse makes a classified error of this package's own.
func refuse(class failure.Class, path, hint, format string, args ...any) error {
	return &failure.Error{Class: class, Key: path, Hint: hint, Err: fmt.Errorf(format, args...)}
}

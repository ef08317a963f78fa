package argo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/util/wait"

	"metronome/internal/failure"
	"metronome/internal/version"
)

// apiBackoff bounds how long errors of the API server are retried: about 40 s, more than a restart of a small one takes. Its
// caller is a pod that would otherwise only be started again.
var apiBackoff = wait.Backoff{Duration: 200 * time.Millisecond, Factor: 2, Jitter: 0.2, Steps: 10, Cap: 15 * time.Second}

// retryTransient repeats a request while it fails with transient errors, within apiBackoff.
func retryTransient(ctx context.Context, request func() error) error {
	var last error
	err := wait.ExponentialBackoffWithContext(ctx, apiBackoff, func(context.Context) (bool, error) {
		last = request()
		if last != nil && isTransient(last) {
			return false, nil
		}
		return true, last
	})
	if err != nil && last != nil {
		return last
	}
	return err
}

// isTransient reports whether the same request may succeed soon.
func isTransient(err error) bool {
	return apierrors.IsTooManyRequests(err) || apierrors.IsServerTimeout(err) || apierrors.IsTimeout(err) ||
		apierrors.IsInternalError(err) || apierrors.IsServiceUnavailable(err) || apierrors.IsUnexpectedServerError(err) ||
		utilnet.IsConnectionRefused(err) || utilnet.IsConnectionReset(err) || utilnet.IsProbableEOF(err) || utilnet.IsTimeout(err) ||
		utilnet.IsHTTP2ConnectionLost(err)
}

// classify maps an API error to a failure class.
func classify(operation string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return err
	case apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err):
		return failure.New(failure.Config, "", "",
			"let the service account create, get and list workflows in its namespace", "%s: %w", operation, err)
	case apierrors.IsInvalid(err) || apierrors.IsBadRequest(err):
		return failure.New(failure.Config, "", "", versionMismatchHint(), "%s: %w", operation, err)
	case apierrors.IsNotFound(err):
		return failure.New(failure.Config, "", "", "install Argo Workflows, and the chart into this namespace", "%s: %w", operation, err)
	default:
		return failure.New(failure.Overload, "", "", "", "%s: %w", operation, err)
	}
}

// manifestsVersionEnv names the version of the manifests that a step was started from.
const manifestsVersionEnv = "METRONOME_MANIFESTS"

// versionMismatchHint is the hint for what the API server does not accept of this program.
func versionMismatchHint() string {
	return fmt.Sprintf("install matching versions: the manifests are %s, the program is %s",
		cmp.Or(os.Getenv(manifestsVersionEnv), "of an unknown version"), version.Current().Version)
}

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

// apiBackoff bounds how long trouble of the API server is waited out: about 40 s, more than a restart of a small one takes. Its
// caller is a pod that would otherwise only be started again.
var apiBackoff = wait.Backoff{Duration: 200 * time.Millisecond, Factor: 2, Jitter: 0.2, Steps: 10, Cap: 15 * time.Second}

// retryPassing repeats a request until it succeeds or fails for good.
func retryPassing(ctx context.Context, request func() error) error {
	var last error
	err := wait.ExponentialBackoffWithContext(ctx, apiBackoff, func(context.Context) (bool, error) {
		last = request()
		if last != nil && isPassing(last) {
			return false, nil
		}
		return true, last
	})
	if err != nil && last != nil {
		return last
	}
	return err
}

// isPassing reports whether the same request may succeed soon.
func isPassing(err error) bool {
	return apierrors.IsTooManyRequests(err) || apierrors.IsServerTimeout(err) || apierrors.IsTimeout(err) ||
		apierrors.IsInternalError(err) || apierrors.IsServiceUnavailable(err) || apierrors.IsUnexpectedServerError(err) ||
		utilnet.IsConnectionRefused(err) || utilnet.IsConnectionReset(err) || utilnet.IsProbableEOF(err) || utilnet.IsTimeout(err) ||
		utilnet.IsHTTP2ConnectionLost(err)
}

// classify says whose trouble a failed request is.
func classify(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return err
	case apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err):
		return failure.New(failure.Config, "", "",
			"let the service account create, get and list workflows in its namespace", "%s: %w", doing, err)
	case apierrors.IsInvalid(err) || apierrors.IsBadRequest(err):
		return failure.New(failure.Config, "", "", oneVersion(), "%s: %w", doing, err)
	case apierrors.IsNotFound(err):
		return failure.New(failure.Config, "", "", "install Argo Workflows, and the chart into this namespace", "%s: %w", doing, err)
	default:
		return failure.New(failure.Overload, "", "", "", "%s: %w", doing, err)
	}
}

// manifestsVariable names the version of the manifests that a step was started from.
const manifestsVariable = "METRONOME_MANIFESTS"

// oneVersion is the hint for what the API server does not accept of this program.
func oneVersion() string {
	return fmt.Sprintf("install the chart and the program of one version: the manifests are of %s, the program of %s",
		cmp.Or(os.Getenv(manifestsVariable), "an unknown version"), version.Current().Version)
}

package operator

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"metronome/internal/failure"
)

// classify says whose trouble a failed call is. Argo's client speaks gRPC's codes, whatever the transport.
func classify(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	fail := func(class failure.Class, hint string) error {
		return failure.New(class, "", "", hint, "%s: %w", doing, err)
	}
	switch code := status.Code(err); {
	case code == codes.PermissionDenied || code == codes.Unauthenticated || apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err):
		return fail(failure.Config, "use credentials that may create, get and list workflows and get workflowtemplates in the namespace")
	case code == codes.NotFound || apierrors.IsNotFound(err):
		return fail(failure.Config, "check --namespace, and that the chart is installed there")
	case code == codes.InvalidArgument || code == codes.FailedPrecondition:
		return fail(failure.Config, "check --namespace, and that the chart there is of this program's version")
	default:
		return fail(failure.Overload, "check that the cluster, or Argo Server, can be reached")
	}
}

// notFound tells whether a call failed because there is no such Workflow.
func notFound(err error) bool { return status.Code(err) == codes.NotFound || apierrors.IsNotFound(err) }

package operator

import (
	"context"
	"errors"
	"fmt"

	workflowtemplatepkg "github.com/argoproj/argo-workflows/v3/pkg/apiclient/workflowtemplate"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"metronome/internal/failure"
	"metronome/internal/version"
)

// classify maps a failed call to a failure class. Argo's client speaks gRPC's codes, whatever the transport.
func classify(operation string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	fail := func(class failure.Class, hint string) error {
		return failure.New(class, "", "", hint, "%s: %w", operation, err)
	}
	switch code := status.Code(err); {
	case code == codes.PermissionDenied || code == codes.Unauthenticated || apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err):
		return fail(failure.Config, "use credentials that may create, get and list workflows and get workflowtemplates in the namespace")
	case code == codes.NotFound || apierrors.IsNotFound(err):
		return fail(failure.Config, "check --namespace, and that the chart is installed there")
	case isInvalidRequest(code):
		return fail(failure.Config, "check --namespace")
	default:
		return fail(failure.Overload, "check that the cluster, or Argo Server, can be reached")
	}
}

// isInvalidRequest reports whether Argo does not accept what it was sent.
func isInvalidRequest(code codes.Code) bool {
	return code == codes.InvalidArgument || code == codes.FailedPrecondition
}

// classifySubmission classifies a failed submission. One that Argo does not accept may be meant for another version of the
// chart, so both versions are said.
func (c *Client) classifySubmission(ctx context.Context, operation string, err error) error {
	if !isInvalidRequest(status.Code(err)) {
		return classify(operation, err)
	}
	hint := fmt.Sprintf("check --namespace, and that the chart there is of this program's version: the chart is of %s, the program of %s",
		c.chartVersion(ctx), version.Current().Version)
	return failure.New(failure.Config, "", "", hint, "%s: %w", operation, err)
}

// versionLabel carries the chart's version on everything that it installs.
const versionLabel = "app.kubernetes.io/version"

// chartVersion returns the version of the chart that the namespace has, as far as can be found out.
func (c *Client) chartVersion(ctx context.Context) string {
	template, err := c.templates.GetWorkflowTemplate(ctx,
		&workflowtemplatepkg.WorkflowTemplateGetRequest{Namespace: c.Namespace, Name: PeriodTemplate})
	if err != nil || template.Labels[versionLabel] == "" {
		return "an unknown version"
	}
	return template.Labels[versionLabel]
}

// notFound reports whether a call failed because there is no such Workflow.
func notFound(err error) bool { return status.Code(err) == codes.NotFound || apierrors.IsNotFound(err) }

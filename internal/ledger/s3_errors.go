package ledger

import (
	"errors"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"metronome/internal/failure"
)

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// statusOf is the HTTP status of the answer, 0 where there was none.
func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// isDecided reports whether the server answered that it did not do what it was asked.
func isDecided(err error) bool {
	status := statusOf(err)
	return status >= 300 && status < 500
}

// isRefusal reports whether a condition did not hold.
func isRefusal(err error) bool { return statusOf(err) == http.StatusPreconditionFailed }

// isUndecided reports whether S3 saw two conditional writes at the same moment and took neither side.
func isUndecided(err error) bool { return codeOf(err) == "ConditionalRequestConflict" }

// plainS3 returns the error of the interface that an answer means, or nil.
func plainS3(verb string, err error) error {
	switch {
	case codeOf(err) == "NoSuchKey", codeOf(err) == "NotFound":
		return ErrNotFound
	case isRefusal(err) && verb == "create":
		return ErrExists
	case isRefusal(err), isUndecided(err) && verb == "swap":
		return ErrConflict
	}
	return nil
}

// classOfS3 maps an answer, or its absence, to a failure class.
func classOfS3(err error) (failure.Class, string) {
	if class, hint := classOfCode(codeOf(err)); class != "" {
		return class, hint
	}
	var dns *net.DNSError
	switch status := statusOf(err); {
	case errors.As(err, &dns) && dns.IsNotFound:
		return failure.Config, "check endpoint and region of the ledger's URL, and the network"
	case status == http.StatusTooManyRequests:
		return failure.Throttled, ""
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return failure.Config, accessHint
	case status == http.StatusNotImplemented:
		return failure.Config, conditionsHint
	case status >= 300 && status < 500:
		return failure.Config, "check the ledger's URL and the AWS credentials"
	default:
		return failure.Overload, ""
	}
}

const (
	accessHint = "allow s3:GetObject, s3:PutObject and s3:DeleteObject on the ledger's prefix and s3:ListBucket on its bucket" +
		" (without s3:ListBucket, S3 denies access to documents that are not there)"
	conditionsHint = "use a store with conditional writes (If-None-Match and If-Match on PutObject)"
)

func classOfCode(code string) (failure.Class, string) {
	if _, ok := retry.DefaultThrottleErrorCodes[code]; ok {
		return failure.Throttled, "S3 asks for fewer requests; run again later"
	}
	switch code {
	case "NoSuchBucket", "InvalidBucketName":
		return failure.Config, "create the bucket, or correct the ledger's URL"
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "TemporaryRedirect",
		"MovedPermanently":
		return failure.Config, "the bucket is in another region: correct ?region=… of the ledger's URL"
	case "AccessDenied", "AllAccessDisabled", "AccountProblem":
		return failure.Config, accessHint
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired":
		return failure.Config, "check the AWS credentials"
	case "RequestTimeTooSkewed":
		return failure.Config, "set this machine's clock"
	case "NotImplemented":
		return failure.Config, conditionsHint
	case "ConditionalRequestConflict":
		return failure.Contention, ""
	}
	return "", ""
}

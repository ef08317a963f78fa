package ledger

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"metronome/internal/failure"
)

const (
	maxAttempts    = 8                // of one request, unless the environment or the profile says otherwise
	silenceTimeout = 30 * time.Second // of a connection on which nothing arrives
	idlePerHost    = 64               // connections kept for a stage that writes side by side
	anyRegion      = "us-east-1"      // for servers that are not Amazon's
)

func openS3(ctx context.Context, l Location) (Ledger, error) {
	cfg, err := config.LoadDefaultConfig(ctx, l.options()...)
	if err != nil {
		return nil, failure.New(failure.Config, "ledger", l.String(), "check profile and AWS_PROFILE", "load AWS configuration: %w", err)
	}
	if cfg.Region == "" && l.Endpoint == "" && cfg.BaseEndpoint == nil {
		return nil, failure.New(failure.Config, "ledger", l.String(), "add ?region=… or set AWS_REGION", "open bucket: no region")
	}
	if cfg.Region == "" {
		cfg.Region = anyRegion
	}
	if cfg.Credentials == nil {
		return nil, noCredentials(l, errors.New("nothing provides any"))
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, noCredentials(l, err)
	}
	return &bucket{client: l.client(cfg), name: l.Bucket, prefix: l.Prefix}, nil
}

// options are those of the SDK's usual chain (environment, profiles, web identity, instance role) that the URL overrides.
func (l Location) options() []func(*config.LoadOptions) error {
	client := awshttp.NewBuildableClient().WithReadTimeout(silenceTimeout).
		WithTransportOptions(func(transport *http.Transport) { transport.MaxIdleConnsPerHost = idlePerHost })
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(client)}
	if l.Region != "" {
		options = append(options, config.WithRegion(l.Region))
	}
	if l.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(l.Profile))
	}
	return options
}

func (l Location) client(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = l.PathStyle
		o.APIOptions = append(o.APIOptions, noteLostAnswers)
		if l.Endpoint != "" {
			o.BaseEndpoint = &l.Endpoint
		}
		if o.RetryMaxAttempts == 0 {
			o.RetryMaxAttempts = maxAttempts
		}
	})
}

func noCredentials(l Location, err error) error {
	return failure.New(failure.Config, "ledger", l.String(),
		"log in, add ?profile=…, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in a cluster, a service account with a role",
		"get AWS credentials: %w", err)
}

package ledger

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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

var s3Parameters = []string{"region", "endpoint", "pathStyle", "profile"}

// s3Address is what the URL of a ledger in S3 says.
type s3Address struct {
	bucket, prefix            string
	region, endpoint, profile string
	pathStyle                 bool
}

func openS3(ctx context.Context, u *url.URL, rawURL string) (Ledger, error) {
	address, err := parseS3(u, rawURL)
	if err != nil {
		return nil, err
	}
	cfg, err := config.LoadDefaultConfig(ctx, address.options()...)
	if err != nil {
		return nil, badURL(rawURL, "load AWS configuration: %w", err)
	}
	if cfg.Region == "" && address.endpoint == "" && cfg.BaseEndpoint == nil {
		return nil, failure.New(failure.Config, "ledger", rawURL, "add ?region=… or set AWS_REGION", "open bucket: no region")
	}
	if cfg.Region == "" {
		cfg.Region = anyRegion
	}
	if cfg.Credentials == nil {
		return nil, noCredentials(rawURL, errors.New("nothing provides any"))
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, noCredentials(rawURL, err)
	}
	return &bucket{client: address.client(cfg), name: address.bucket, prefix: address.prefix}, nil
}

func parseS3(u *url.URL, rawURL string) (s3Address, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return s3Address{}, badURL(rawURL, "parse URL: %w", err)
	}
	address := s3Address{
		bucket: u.Host, prefix: prefixOf(u.Path),
		region: query.Get("region"), endpoint: query.Get("endpoint"), profile: query.Get("profile"),
	}
	if value := query.Get("pathStyle"); value != "" {
		if address.pathStyle, err = strconv.ParseBool(value); err != nil {
			return s3Address{}, badURL(rawURL, "parse URL: pathStyle is true or false, not %q", value)
		}
	}
	return address, address.check(u, query, rawURL)
}

func (a s3Address) check(u *url.URL, query url.Values, rawURL string) error {
	for name, values := range query {
		if !slices.Contains(s3Parameters, name) || len(values) != 1 {
			return badURL(rawURL, "parse URL: parameter %s: known, once each: %s", name, strings.Join(s3Parameters, ", "))
		}
	}
	endpoint, err := url.Parse(a.endpoint)
	switch {
	case u.User != nil:
		return failure.New(failure.Config, "ledger", u.Redacted(), "give a profile, or AWS_ACCESS_KEY_ID in the environment",
			"parse URL: credentials do not belong into a URL")
	case a.bucket == "" || u.Port() != "":
		return badURL(rawURL, "parse URL: no bucket")
	case u.Fragment != "":
		return badURL(rawURL, "parse URL: write # as %%23")
	case a.prefix != "" && keyProblem(strings.TrimSuffix(a.prefix, "/")) != nil:
		return badURL(rawURL, "parse URL: prefix: %w", keyProblem(strings.TrimSuffix(a.prefix, "/")))
	case err != nil || a.endpoint != "" && (endpoint.Host == "" || !strings.HasPrefix(endpoint.Scheme, "http")):
		return badURL(rawURL, "parse URL: endpoint %q: want http://host or https://host", a.endpoint)
	}
	return nil
}

func prefixOf(path string) string {
	prefix := strings.Trim(path, "/")
	if prefix == "" {
		return ""
	}
	return prefix + "/"
}

// options are those of the SDK's usual chain (environment, profiles, web identity, instance role) that the URL overrides.
func (a s3Address) options() []func(*config.LoadOptions) error {
	client := awshttp.NewBuildableClient().WithReadTimeout(silenceTimeout).
		WithTransportOptions(func(transport *http.Transport) { transport.MaxIdleConnsPerHost = idlePerHost })
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(client)}
	if a.region != "" {
		options = append(options, config.WithRegion(a.region))
	}
	if a.profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.profile))
	}
	return options
}

func (a s3Address) client(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = a.pathStyle
		o.APIOptions = append(o.APIOptions, noteLostAnswers)
		if a.endpoint != "" {
			o.BaseEndpoint = &a.endpoint
		}
		if o.RetryMaxAttempts == 0 {
			o.RetryMaxAttempts = maxAttempts
		}
	})
}

func noCredentials(rawURL string, err error) error {
	return failure.New(failure.Config, "ledger", rawURL,
		"log in, add ?profile=…, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in a cluster, a service account with a role",
		"get AWS credentials: %w", err)
}

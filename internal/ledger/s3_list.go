package ledger

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func (b *bucket) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := admit(ctx, checkPrefix, prefix); err != nil {
			yield("", err)
			return
		}
		b.eachPage(ctx, prefix, "", func(err error) { yield("", err) }, func(page *s3.ListObjectsV2Output) bool {
			for _, object := range page.Contents {
				key := strings.TrimPrefix(aws.ToString(object.Key), b.prefix)
				if keyProblem(key) != nil {
					continue // nobody's document: a folder marker, or something that another program left
				}
				if ctx.Err() != nil {
					yield("", fmt.Errorf("list %s: %w", prefix, ctx.Err()))
					return false
				}
				if !yield(key, nil) {
					return false
				}
			}
			return true
		})
	}
}

func (b *bucket) Children(ctx context.Context, prefix string) ([]string, error) {
	if err := admit(ctx, checkPrefix, prefix); err != nil {
		return nil, err
	}
	var children []string
	var failed error
	b.eachPage(ctx, prefix, "/", func(err error) { failed = err }, func(page *s3.ListObjectsV2Output) bool {
		for _, folder := range page.CommonPrefixes {
			children = append(children, strings.TrimPrefix(aws.ToString(folder.Prefix), b.prefix+prefix))
		}
		for _, object := range page.Contents {
			children = append(children, strings.TrimPrefix(aws.ToString(object.Key), b.prefix+prefix))
		}
		return true
	})
	if failed != nil {
		return nil, failed
	}
	children = slices.DeleteFunc(children, func(child string) bool {
		return keyProblem(prefix+strings.TrimSuffix(child, "/")) != nil
	})
	slices.Sort(children)
	return children, nil
}

// eachPage asks for a listing page by page until onPage has enough.
func (b *bucket) eachPage(
	ctx context.Context, prefix, delimiter string, onError func(error), onPage func(*s3.ListObjectsV2Output) bool,
) {
	input := &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: b.object(prefix)}
	if delimiter != "" {
		input.Delimiter = &delimiter
	}
	for pages := s3.NewListObjectsV2Paginator(b.client, input); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			onError(b.failure(ctx, "list", prefix, err))
			return
		}
		if !onPage(page) {
			return
		}
	}
}

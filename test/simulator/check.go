package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"metronome/internal/failure"
)

// problem reports a bad value.
func problem(key string, value any, format string, args ...any) failure.Problem {
	return failure.Problem{Key: key, Value: fmt.Sprint(value), Message: fmt.Sprintf(format, args...)}
}

func (p Profile) problems() []failure.Problem {
	var found []failure.Problem
	if len(p.Providers) == 0 {
		found = append(found, failure.Problem{Key: "providers", Message: "declares no provider"})
	}
	names := map[string]bool{}
	for i, provider := range p.Providers {
		key := fmt.Sprintf("providers[%d]", i)
		if names[provider.Name] {
			found = append(found, problem(key+".name", provider.Name, "is declared twice"))
		}
		names[provider.Name] = true
		found = append(found, provider.problems(key)...)
	}
	return found
}

var providerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (p Provider) problems(key string) []failure.Problem {
	var found []failure.Problem
	if !providerName.MatchString(p.Name) {
		found = append(found, problem(key+".name", p.Name, "must be lower-case letters, digits and dashes"))
	}
	found = append(found, oneOf(key+".kind", p.Kind, KindWebDAV, KindS3)...)
	found = append(found, oneOf(key+".answer", p.Answer, answers...)...)
	found = append(found, p.Accounts.problems(key+".accounts", p.Kind)...)
	found = append(found, weightProblems(key+".weights", p.Weights)...)
	found = append(found, limitProblems(key+".limits", p.Limits, p.Weights)...)
	if p.Writers.Max < 0 {
		found = append(found, problem(key+".writers.max", p.Writers.Max, "must not be negative"))
	}
	found = append(found, oneOf(key+".writers.answer", p.Writers.Answer, answers...)...)
	found = append(found, p.Latency.problems(key+".latency")...)
	found = append(found, p.Faults.problems(key+".faults")...)
	found = append(found, pathProblems(key+".paths", p.Paths)...)
	return append(found, p.protocolProblems(key)...)
}

func (p Provider) protocolProblems(key string) []failure.Problem {
	found := oneOf(key+".webdav.put", p.WebDAV.Put, PutAtomic, PutTruncating)
	found = append(found, oneOf(key+".webdav.infinity", p.WebDAV.Infinity,
		InfinityAllow, InfinityRefuse, InfinityFlatten)...)
	if p.Kind == KindWebDAV && len(p.S3.Buckets) > 0 {
		found = append(found, problem(key+".s3", strings.Join(p.S3.Buckets, " "), "a WebDAV server has no buckets"))
	}
	if p.Kind == KindS3 && p.WebDAV != (WebDAV{Put: PutAtomic, Infinity: InfinityAllow}) {
		found = append(found, failure.Problem{Key: key + ".webdav", Message: "an S3 server has no such behaviours"})
	}
	return found
}

func oneOf[T ~string](key string, value T, allowed ...T) []failure.Problem {
	if slices.Contains(allowed, value) {
		return nil
	}
	return []failure.Problem{problem(key, value, "must be one of %v", allowed)}
}

func (a Accounts) problems(key string, kind Kind) []failure.Problem {
	found := oneOf(key+".by", a.By, ByPath, ByUser, ByAccessKey)
	switch {
	case kind == KindS3 && a.By == ByUser, kind == KindWebDAV && a.By == ByAccessKey:
		found = append(found, problem(key+".by", a.By, "is not known to %s requests", kind))
	case kind == KindS3 && len(a.Users) > 0:
		found = append(found, failure.Problem{Key: key + ".users", Message: "S3 requests are signed, they have no users"})
	}
	if a.Segment < 1 {
		found = append(found, problem(key+".segment", a.Segment, "segments are counted from 1"))
	}
	return found
}

func weightProblems(key string, weights map[Class]float64) []failure.Problem {
	var found []failure.Problem
	for class, weight := range weights {
		found = append(found, oneOf(key+"."+string(class), class, classes...)...)
		if weight < 0 {
			found = append(found, problem(key+"."+string(class), weight, "must not be negative"))
		}
	}
	return found
}

func limitProblems(key string, limits []Limit, weights map[Class]float64) []failure.Problem {
	var found []failure.Problem
	for i, limit := range limits {
		at := fmt.Sprintf("%s[%d]", key, i)
		limit = limit.withDefaults(Answer429)
		found = append(found, oneOf(at+".scope", limit.Scope, ScopePool, ScopeAccount)...)
		found = append(found, oneOf(at+".counts", limit.Counts, CountAll, CountReads, CountWrites, CountUploads)...)
		found = append(found, oneOf(at+".measure", limit.Measure, MeasureRequests, MeasureUnits, MeasureBytes)...)
		found = append(found, oneOf(at+".align", limit.Align, AlignFirst, AlignClock)...)
		found = append(found, oneOf(at+".answer", limit.Answer, answers...)...)
		found = append(found, limit.amountProblems(at, weights)...)
	}
	return found
}

func (l Limit) amountProblems(key string, weights map[Class]float64) []failure.Problem {
	if bad := l.unclear(); bad != "" {
		return []failure.Problem{{Key: key, Message: bad}}
	}
	heaviest := 1.0
	for _, weight := range weights {
		heaviest = max(heaviest, weight)
	}
	most := l.Burst + l.Allowance
	if l.Measure == MeasureUnits && heaviest > most || l.Measure == MeasureRequests && most < 1 {
		return []failure.Problem{problem(key, most, "is less than one request needs, so none would ever be granted")}
	}
	return nil
}

// unclear says what is contradictory or missing in a limit's numbers.
func (l Limit) unclear() string {
	bucket, window := l.RequestsPerSecond != 0 || l.Burst != 0, l.Allowance != 0 || l.Per != 0
	switch {
	case bucket == window:
		return "needs either requestsPerSecond and burst or allowance and per"
	case bucket && (l.RequestsPerSecond <= 0 || l.Burst < 0):
		return "requestsPerSecond must be positive and burst not negative"
	case window && (l.Allowance <= 0 || l.Per <= 0):
		return "allowance and per must be positive"
	default:
		return ""
	}
}

func (l Latency) problems(key string) []failure.Problem {
	kinds := 0
	for _, given := range []bool{l.Fixed != 0, l.Min != 0 || l.Max != 0, l.P50 != 0 || l.P99 != 0} {
		if given {
			kinds++
		}
	}
	switch {
	case min(l.Fixed, l.Min, l.Max, l.P50, l.P99) < 0:
		return []failure.Problem{{Key: key, Message: "must not be negative"}}
	case kinds > 1:
		return []failure.Problem{{Key: key, Message: "needs one of: fixed, min and max, p50 and p99"}}
	case l.Max < l.Min:
		return []failure.Problem{problem(key+".max", l.Max, "is less than min")}
	case l.P99 < l.P50 || l.P50 == 0 && l.P99 > time.Duration(0):
		return []failure.Problem{problem(key+".p99", l.P99, "needs a p50 that is not greater")}
	default:
		return nil
	}
}

func (f Faults) problems(key string) []failure.Problem {
	var found []failure.Problem
	sum := 0.0
	for _, share := range []float64{f.Errors, f.DropBefore, f.DropDuring, f.DropAfter, f.Slow} {
		sum += share
		if share < 0 {
			found = append(found, problem(key, share, "a share must not be negative"))
		}
	}
	if sum > 1+aBit {
		found = append(found, problem(key, sum, "the shares must not be more than 1 together"))
	}
	for i, status := range f.ErrorStatuses {
		found = append(found, statusProblems(fmt.Sprintf("%s.errorStatuses[%d]", key, i), status)...)
	}
	if f.BytesPerSecond < 1 {
		found = append(found, problem(key+".slowBytesPerSecond", f.BytesPerSecond, "must be positive"))
	}
	return found
}

func pathProblems(key string, rules []PathRule) []failure.Problem {
	var found []failure.Problem
	for i, rule := range rules {
		at := fmt.Sprintf("%s[%d]", key, i)
		if _, err := regexp.Compile(rule.Pattern); err != nil || rule.Pattern == "" {
			found = append(found, problem(at+".pattern", rule.Pattern, "is not a regular expression"))
		}
		if rule.Times < 0 {
			found = append(found, problem(at+".times", rule.Times, "must not be negative"))
		}
		found = append(found, statusProblems(at+".status", rule.Status)...)
	}
	return found
}

func statusProblems(key string, status int) []failure.Problem {
	if status >= 400 && status <= 599 {
		return nil
	}
	return []failure.Problem{problem(key, status, "must be an HTTP status from 400 to 599")}
}

package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"metronome/internal/failure"
)

// Parse reads a profile. It is strict: unknown keys are problems, and the error lists all problems with their lines.
// The file's name is for the messages only.
func Parse(file string, data []byte) (Profile, error) {
	var profile Profile
	problems := decode(file, data, &profile)
	found := profile.withDefaults().problems()
	locate(file, data, found)
	return profile, failure.Problems{Class: failure.Config, List: append(problems, found...)}.OrNil()
}

// Check lists all problems of a profile that was made in Go.
func (p Profile) Check() error { return asError(p.withDefaults().problems()) }

func checkLimits(limits []Limit) error { return asError(limitProblems("limits", limits, nil)) }
func checkFaults(faults Faults) error  { return asError(faults.withDefaults().problems("faults")) }
func checkPaths(rules []PathRule) error {
	return asError(pathProblems("paths", rules))
}

func asError(list []failure.Problem) error {
	for i := range list {
		list[i].File = "profile"
	}
	return failure.Problems{Class: failure.Config, List: list}.OrNil()
}

// decode decodes strictly, and gives what the YAML decoder complains about.
func decode(file string, data []byte, into any) []failure.Problem {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	err := decoder.Decode(into)
	var mistakes *yaml.TypeError
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &mistakes):
		problems := make([]failure.Problem, len(mistakes.Errors))
		for i, message := range mistakes.Errors {
			problems[i] = decodeProblem(file, message)
		}
		return problems
	default:
		return []failure.Problem{decodeProblem(file, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
}

var (
	atLine       = regexp.MustCompile(`^line (\d+): `)
	unknownField = regexp.MustCompile(`^field (\S+) not found in type simulator\.(\S+)$`)
)

func decodeProblem(file, message string) failure.Problem {
	problem := failure.Problem{File: file, Message: message}
	if m := atLine.FindStringSubmatch(message); m != nil {
		problem.Line, _ = strconv.Atoi(m[1])
		problem.Message = message[len(m[0]):]
	}
	if m := unknownField.FindStringSubmatch(problem.Message); m != nil {
		problem.Key, problem.Message = m[1], "unknown key"
		problem.Hint = "the keys are those of " + m[2] + " in the simulator's README"
	}
	return problem
}

// locate fills in file and line of problems whose keys read like "providers[0].limits[1].burst".
func locate(file string, data []byte, problems []failure.Problem) {
	var document yaml.Node
	_ = yaml.Unmarshal(data, &document) // what is wrong with it has been reported
	for i := range problems {
		problems[i].File = file
		problems[i].Line = lineOf(&document, problems[i].Key)
	}
}

// lineOf returns the line of a key, or that of the nearest thing around it.
func lineOf(node *yaml.Node, key string) int {
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	for step := range strings.SplitSeq(strings.ReplaceAll(key, "[", ".["), ".") {
		if node = child(node, step); node == nil {
			break
		}
		line = node.Line
	}
	return line
}

func child(node *yaml.Node, step string) *yaml.Node {
	var index int
	if n, _ := fmt.Sscanf(step, "[%d]", &index); n == 1 {
		if node.Kind != yaml.SequenceNode || index >= len(node.Content) {
			return nil
		}
		return node.Content[index]
	}
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == step {
			return node.Content[i+1]
		}
	}
	return nil
}

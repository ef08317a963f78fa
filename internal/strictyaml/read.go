package strictyaml

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"metronome/internal/failure"
)

// maxVisits bounds the work that aliases of aliases can ask for; a file of 10,000 checklist items needs a tenth of it.
const maxVisits = 1_000_000

// document is one file being read.
type document struct {
	file     string
	problems []failure.Problem
	visits   int
}

// Read parses a file of exactly one YAML document and hands its root to read. All problems, those that read reports
// included, come back as failure.Problems of the given class. A file that is no YAML at all has a single problem.
func Read(file string, data []byte, class failure.Class, read func(root Value)) error {
	d := &document{file: file}
	if root, ok := d.parse(data); ok {
		read(Value{doc: d, node: root})
	}
	slices.SortStableFunc(d.problems, func(a, b failure.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return failure.Problems{Class: class, List: d.problems}.OrNil()
}

func (d *document) parse(data []byte) (*yaml.Node, bool) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		d.report(failure.Problem{Message: "the file is empty"})
		return nil, false
	case err != nil:
		d.report(syntaxProblem(err))
		return nil, false
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		d.report(failure.Problem{Line: second.Line, Message: "found a second document", Hint: "one document per file"})
		return nil, false
	}
	return first.Content[0], true
}

func (d *document) report(p failure.Problem) {
	p.File = d.file
	d.problems = append(d.problems, p)
}

var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxProblem takes the line number out of the parser's message.
func syntaxProblem(err error) failure.Problem {
	text := err.Error()
	found := syntaxLine.FindStringSubmatch(text)
	if found == nil {
		return failure.Problem{Message: "not valid YAML: " + text}
	}
	line, _ := strconv.Atoi(found[1])
	return failure.Problem{Line: line, Message: "not valid YAML: " + strings.TrimPrefix(text, found[0])}
}

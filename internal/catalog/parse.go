package catalog

import (
	"bytes"
	"cmp"
	"runtime"
	"slices"
	"sync"

	"metronome/internal/entity"
	"metronome/internal/failure"
)

// chunkSize is how much of the file one goroutine decodes at a time.
const chunkSize = 1 << 20

// Parse reads and checks entities.jsonl; the file's name appears in problems. Every problem of the file is reported.
func Parse(file string, data []byte, against KnownNames) (Catalog, error) {
	r := &parser{known: against, chunks: split(bytes.TrimPrefix(data, []byte("\ufeff")))}
	r.decode()
	r.conflicts()
	if len(r.entities) == 0 && len(r.problems) == 0 {
		r.problems = []failure.Problem{{Message: "the catalog is empty", Hint: "`metronome catalog import` creates one from a customer list"}}
	}
	for i := range r.problems {
		r.problems[i].File = file
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b failure.Problem) int { return cmp.Compare(a.Line, b.Line) })
		return Catalog{}, failure.Problems{Class: failure.Data, List: r.problems}
	}
	return Catalog{Entities: r.entities}, nil
}

// parser is one call of Parse.
type parser struct {
	known    KnownNames
	chunks   []chunk
	entities []entity.Entity
	lines    []int32 // of each entity, from 1
	problems []failure.Problem
}

// chunk is a part of the file that begins and ends with whole lines.
type chunk struct {
	data     []byte
	line     int // number of its first line, from 1
	count    int // lines in it
	read     int // entities found in it
	problems []failure.Problem
}

// split cuts a file into chunks at line ends.
func split(data []byte) []chunk {
	var chunks []chunk
	for line := 1; len(data) > 0; {
		end := len(data)
		if end > chunkSize {
			end = chunkSize
			if newline := bytes.IndexByte(data[end:], '\n'); newline >= 0 {
				end += newline + 1
			} else {
				end = len(data)
			}
		}
		c := chunk{data: data[:end], line: line, count: bytes.Count(data[:end], []byte("\n"))}
		if data[end-1] != '\n' {
			c.count++
		}
		chunks, data, line = append(chunks, c), data[end:], line+c.count
	}
	return chunks
}

// decode fills entities and lines from all chunks at once; each chunk writes to its own part of them.
func (r *parser) decode() {
	total := 0
	if n := len(r.chunks); n > 0 {
		total = r.chunks[n-1].line + r.chunks[n-1].count - 1
	}
	r.entities, r.lines = make([]entity.Entity, total), make([]int32, total)
	parallel(len(r.chunks), func() func(int) {
		decoder := newLineDecoder(r.known)
		return func(i int) {
			c := &r.chunks[i]
			first := c.line - 1
			c.decode(decoder, r.entities[first:first+c.count], r.lines[first:first+c.count])
		}
	})
	r.compact()
}

// compact closes the gaps that blank and broken lines left.
func (r *parser) compact() {
	n := 0
	for _, c := range r.chunks {
		first := c.line - 1
		if n != first {
			copy(r.entities[n:], r.entities[first:first+c.read])
			copy(r.lines[n:], r.lines[first:first+c.read])
		}
		n += c.read
		r.problems = append(r.problems, c.problems...)
	}
	clear(r.entities[n:])
	r.entities, r.lines = r.entities[:n], r.lines[:n]
}

func (c *chunk) decode(decoder *lineDecoder, entities []entity.Entity, lines []int32) {
	number := c.line
	for line := range bytes.Lines(c.data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && decoder.decode(number, line, &entities[c.read]) {
			lines[c.read] = int32(number)
			c.read++
		}
		number++
	}
	c.problems, decoder.problems = decoder.problems, nil
}

// parallel calls work(0) to work(n-1) on all processors; every goroutine creates a worker of its own first.
func parallel(n int, worker func() func(int)) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			work := worker()
			for i := range next {
				work(i)
			}
		})
	}
	group.Wait()
}

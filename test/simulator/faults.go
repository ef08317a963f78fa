package simulator

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"time"
)

// fault is what goes wrong with one request.
type fault int

const (
	noFault fault = iota
	errorStatus
	dropBefore
	dropDuring
	dropAfter
	slowBody
)

// draw chooses what goes wrong with the next request. It draws one number for every request, so that the sequence does
// not depend on the methods. A request without a body that would be cut during it is cut before it.
func (f Faults) draw(random *rand.Rand, r request) fault {
	drawn := f.at(random.Float64())
	switch {
	case len(f.Methods) > 0 && !slices.Contains(f.Methods, r.method):
		return noFault
	case drawn == dropDuring && r.length == 0:
		return dropBefore
	default:
		return drawn
	}
}

func (f Faults) at(point float64) fault {
	for i, share := range []float64{f.Errors, f.DropBefore, f.DropDuring, f.DropAfter, f.Slow} {
		if point < share {
			return errorStatus + fault(i)
		}
		point -= share
	}
	return noFault
}

// errCut is what a storage server sees of an upload that the simulator cuts.
var errCut = errors.New("connection cut by the simulator")

// cutReader breaks after some bytes.
type cutReader struct {
	io.Reader
	left int64
}

func (c *cutReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errCut
	}
	n, err := c.Reader.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// crawlReader reads at most some bytes per second, in ten portions a second.
type crawlReader struct {
	io.Reader
	bytesPerSecond int
	sleep          func(time.Duration) error
}

func (c *crawlReader) Read(p []byte) (int, error) {
	if err := c.sleep(100 * time.Millisecond); err != nil {
		return 0, err
	}
	return c.Reader.Read(p[:min(len(p), max(1, c.bytesPerSecond/10))])
}

package door

import (
	"errors"
	"io"
	"sync"
)

// Pieces are a body as received, in reused buffers: a stranger's body, which may be read only
// to be refused, is not copied and leaves no garbage.
type Pieces struct {
	held []*piece
	last int // how much of the last piece is filled
}

// piece is as large as what a body may take without reserving room.
type piece [bodyBeside]byte

var freePieces = sync.Pool{New: func() any { return new(piece) }}

// ReadPieces reads everything. [Pieces.Free] must be called when the body has been used.
func ReadPieces(r io.Reader) (p *Pieces, err error) {
	p = &Pieces{}
	for {
		if len(p.held) == 0 || p.last == bodyBeside {
			one, _ := freePieces.Get().(*piece) // the pool holds nothing else
			p.held, p.last = append(p.held, one), 0
		}
		n, err := r.Read(p.held[len(p.held)-1][p.last:])
		p.last += n
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			p.Free()
			return nil, err
		}
	}
}

// List returns the pieces.
func (p *Pieces) List() [][]byte {
	list := make([][]byte, len(p.held))
	for i, one := range p.held {
		list[i] = one[:]
	}
	if n := len(list); n > 0 {
		list[n-1] = list[n-1][:p.last]
	}
	return list
}

// Whole returns a copy of the body in one piece.
func (p *Pieces) Whole() []byte {
	b := make([]byte, 0, max(len(p.held)-1, 0)*bodyBeside+p.last)
	for _, one := range p.List() {
		b = append(b, one...)
	}
	return b
}

// Free returns the buffers to the pool.
func (p *Pieces) Free() {
	for _, one := range p.held {
		freePieces.Put(one)
	}
	p.held, p.last = nil, 0
}

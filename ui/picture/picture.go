// Package picture has small pictures on a terminal: what a customer's photo becomes in a few
// cells, and the decoder that makes it, which runs in a process of its own, since a photo comes
// from anybody.
package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
)

// MostSide bounds each side of a small picture, in pixels.
const MostSide = 512

// Image is a small picture: rows of pixels, three bytes each, red first.
type Image struct {
	W, H int
	Pix  []byte
}

// PNG returns the picture as a PNG.
func (m Image) PNG() []byte {
	full := image.NewNRGBA(image.Rect(0, 0, m.W, m.H))
	for i, at := 0, 0; at+2 < len(m.Pix); i, at = i+4, at+3 {
		full.Pix[i], full.Pix[i+1], full.Pix[i+2], full.Pix[i+3] = m.Pix[at], m.Pix[at+1], m.Pix[at+2], 0xFF
	}
	var b bytes.Buffer
	_ = png.Encode(&b, full) // into memory nothing fails
	return b.Bytes()
}

// ErrImage is that something is no small picture.
var ErrImage = errors.New("no small picture")

// magic begins a small picture on its way from the decoder.
const magic = "parley1\n"

// Write writes a small picture for [Read].
func (m Image) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(magic)
	_ = binary.Write(out, binary.BigEndian, [2]uint16{uint16(m.W), uint16(m.H)}) //nolint:gosec // at most MostSide
	_, _ = out.Write(m.Pix)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write small picture: %w", err)
	}
	return nil
}

// Read reads a small picture of at most that size. Whatever else comes is [ErrImage].
func Read(r io.Reader, w, h int) (Image, error) {
	begin := make([]byte, len(magic))
	var size [2]uint16
	if _, err := io.ReadFull(r, begin); err != nil || string(begin) != magic {
		return Image{}, ErrImage
	}
	if err := binary.Read(r, binary.BigEndian, &size); err != nil {
		return Image{}, ErrImage
	}
	m := Image{W: int(size[0]), H: int(size[1])}
	if m.W < 1 || m.H < 1 || m.W > min(w, MostSide) || m.H > min(h, MostSide) {
		return Image{}, ErrImage
	}
	m.Pix = make([]byte, 3*m.W*m.H)
	if _, err := io.ReadFull(r, m.Pix); err != nil {
		return Image{}, ErrImage
	}
	return m, nil
}

package picture

import (
	"bytes"
	"errors"
	"image"
	_ "image/gif"  // its first picture
	_ "image/jpeg" // a format of photos
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // a format of stickers
)

const (
	// MostBytes is the largest file that is decoded.
	MostBytes = 16 << 20
	// MostPixels is the largest picture that is decoded: a phone's camera has half of it.
	MostPixels = 25_000_000
)

// Errors of [Decode].
var (
	ErrTooLarge  = errors.New("the picture is too large to be shown small")
	ErrNoPicture = errors.New("no picture that is known here")
)

// Decode reads a JPEG, PNG, GIF or WebP and makes it fit into a box of pixels, on black. Its size
// is looked at before anything is decoded. It is meant for a process of its own: see [Confine].
func Decode(r io.Reader, w, h int) (Image, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	switch {
	case err != nil:
		return Image{}, ErrNoPicture
	case len(raw) > MostBytes:
		return Image{}, ErrTooLarge
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case err != nil || c.Width < 1 || c.Height < 1:
		return Image{}, ErrNoPicture
	case c.Width > MostPixels/c.Height:
		return Image{}, ErrTooLarge
	}
	full, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return Image{}, ErrNoPicture
	}
	b := full.Bounds()
	if b.Dx() < 1 || b.Dy() < 1 {
		return Image{}, ErrNoPicture
	}
	tw, th := Fit(b.Dx(), b.Dy(), min(w, MostSide), min(h, MostSide))
	small := image.NewRGBA(image.Rect(0, 0, tw, th))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, b, draw.Over, nil)
	m := Image{W: tw, H: th, Pix: make([]byte, 0, 3*tw*th)}
	for i := 0; i < len(small.Pix); i += 4 {
		m.Pix = append(m.Pix, small.Pix[i], small.Pix[i+1], small.Pix[i+2])
	}
	return m, nil
}

// Fit returns the largest size of the proportions of a picture that fits into a box, at least one
// pixel each way; a picture is not made larger than it is.
func Fit(pw, ph, w, h int) (int, int) {
	if pw <= w && ph <= h {
		return pw, ph
	}
	if pw*h > ph*w {
		return w, max(1, ph*w/pw)
	}
	return max(1, pw*h/ph), h
}

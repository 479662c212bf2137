package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

const (
	// scale is how many pixels of a picture each pixel of the page becomes, in each direction.
	scale = 2
	// tallest is the height of the tallest page, in its own pixels; browsers draw none much
	// taller.
	tallest = 4000
	// drawing is how long a browser may take.
	drawing = 90 * time.Second
)

// shot is a frame and the file of its picture.
type shot struct {
	frame
	file string
}

// shoot draws the pictures of shots, many in one run of the browser: starting it costs more than
// drawing.
func shoot(ctx context.Context, browser, dir string, shots []shot) error {
	for len(shots) > 0 {
		n, height := 0, 0
		for n < len(shots) && (n == 0 || height < tallest-shots[n].h*cellHeight) {
			height += shots[n].h*cellHeight + 2*margin + between
			n++
		}
		if err := shootPage(ctx, browser, dir, shots[:n]); err != nil {
			return err
		}
		shots = shots[n:]
	}
	return nil
}

func shootPage(ctx context.Context, browser, dir string, shots []shot) error {
	frames := make([]frame, len(shots))
	for i, s := range shots {
		frames[i] = s.frame
	}
	document, places, bounds := page(frames)
	sheet, err := drawPage(ctx, browser, dir, document, bounds)
	if err != nil {
		return err
	}
	for i, s := range shots {
		r := image.Rectangle{Min: places[i].Min.Mul(scale), Max: places[i].Max.Mul(scale)}
		if !r.In(sheet.Bounds()) {
			return fmt.Errorf("%s: the browser drew %v of %v", s.file, sheet.Bounds().Max, r.Max)
		}
		if err := writePicture(s.file, sheet, r); err != nil {
			return err
		}
	}
	return nil
}

// drawPage draws a page with a headless browser.
func drawPage(ctx context.Context, browser, dir, document string, bounds image.Point) (image.Image, error) {
	dir, err := os.MkdirTemp(dir, "page-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.png")
	if err := os.WriteFile(in, []byte(document), 0o600); err != nil {
		return nil, err
	}
	args := []string{
		"--headless", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + filepath.Join(dir, "profile"),
		"--force-device-scale-factor=" + strconv.Itoa(scale), fmt.Sprintf("--window-size=%d,%d", bounds.X, bounds.Y),
		"--screenshot=" + out,
	}
	if os.Geteuid() == 0 { // as root the browser can't create its sandbox
		args = append(args, "--no-sandbox")
	}
	ctx, cancel := context.WithTimeout(ctx, drawing)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, append(args, "file://"+in)...) //nolint:gosec // the browser that was found or named
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", browser, err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("%s made no picture: %w", browser, err)
	}
	return png.Decode(bytes.NewReader(b))
}

// writePicture writes a part of a sheet with a palette: a screen has few colours, and a file of one
// byte per pixel is a third as large.
func writePicture(file string, sheet image.Image, r image.Rectangle) (err error) {
	p := reduce(sheet, r)
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	return enc.Encode(f, p)
}

// shades is how many levels of each of red, green and blue are distinguished.
const shades = 32

// reduce reduces a part of a picture to the 256 colours that most of its pixels have. The edges of
// letters lose nothing visible.
func reduce(from image.Image, r image.Rectangle) *image.Paletted {
	exact := image.NewRGBA(image.Rectangle{Max: r.Size()})
	draw.Draw(exact, exact.Bounds(), from, r.Min, draw.Src)
	p := image.NewPaletted(exact.Bounds(), commonest(exact))
	nearest := map[color.RGBA]uint8{}
	for y := range r.Dy() {
		for x := range r.Dx() {
			c := exact.RGBAAt(x, y)
			i, ok := nearest[c]
			if !ok {
				i = uint8(p.Palette.Index(c)) //nolint:gosec // below 256
				nearest[c] = i
			}
			p.SetColorIndex(x, y, i)
		}
	}
	return p
}

// commonest returns the palette of a picture: similar colours are replaced by the most frequent of
// them; of those, the 256 most frequent.
func commonest(p *image.RGBA) color.Palette {
	counts := map[color.RGBA]int{}
	for i := 0; i < len(p.Pix); i += 4 {
		counts[color.RGBA{p.Pix[i], p.Pix[i+1], p.Pix[i+2], p.Pix[i+3]}]++
	}
	type group struct {
		colour      color.RGBA
		count, most int
	}
	groups := map[color.RGBA]group{}
	for c, n := range counts {
		const step = 256 / shades
		k := color.RGBA{c.R / step, c.G / step, c.B / step, 0}
		g := groups[k]
		if n > g.most || n == g.most && hex(c) < hex(g.colour) {
			g.colour, g.most = c, n
		}
		g.count += n
		groups[k] = g
	}
	all := make([]group, 0, len(groups))
	for _, g := range groups {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b group) int {
		if a.count != b.count {
			return b.count - a.count
		}
		return bytes.Compare([]byte(hex(a.colour)), []byte(hex(b.colour)))
	})
	out := make(color.Palette, 0, 256)
	for _, g := range all[:min(len(all), 256)] {
		out = append(out, g.colour)
	}
	return out
}

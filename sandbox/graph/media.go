package graph

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"path"
	"strings"
)

// ServeMedia serves a picture painted from its name, or a small file.
func ServeMedia(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/media/")
	switch path.Ext(name) {
	case ".png":
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(paint(name))
	case ".pdf":
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = w.Write([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// paint paints a small picture: two colours and a band, derived from the name.
func paint(name string) []byte {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	n := h.Sum(nil)
	img := image.NewPaletted(image.Rect(0, 0, 320, 240), color.Palette{
		color.RGBA{n[0], n[1], n[2], 255},
		color.RGBA{n[3], n[4], n[5], 255},
		color.RGBA{n[5], n[6], n[7], 255},
	})
	for y := range 240 {
		for x := range 320 {
			switch {
			case (x+y)%96 < 24:
				img.SetColorIndex(x, y, 2)
			case y > 120:
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if png.Encode(&b, img) != nil { // cannot happen: the image is well formed
		return nil
	}
	return b.Bytes()
}

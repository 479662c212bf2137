package main

import (
	"fmt"
	"html"
	"image"
	"image/color"
	"strings"
)

// The grid, in pixels of the page. JetBrains Mono advances by 0.6 of its size: at 15 pixels a cell
// is exactly 9 wide, so there are no seams between backgrounds.
const (
	cellWidth  = 9
	cellHeight = 20
	margin     = 12
	between    = 8
)

// page lays out frames below each other on an HTML page, and returns their positions.
func page(frames []frame) (document string, places []image.Rectangle, bounds image.Point) {
	var b strings.Builder
	b.WriteString(head)
	for _, f := range frames {
		r := image.Rect(0, 0, f.w*cellWidth+2*margin, f.h*cellHeight+2*margin).Add(image.Pt(0, bounds.Y))
		fmt.Fprintf(&b, `<div class="f" style="top:%dpx;width:%dpx;height:%dpx;background:%s">`, r.Min.Y, r.Dx(), r.Dy(), hex(f.ground))
		b.WriteByte('\n')
		f.write(&b)
		b.WriteString("</div>\n")
		places = append(places, r)
		bounds = image.Pt(max(bounds.X, r.Max.X), r.Max.Y+between)
	}
	b.WriteString(fit)
	return b.String(), places, bounds
}

// head positions every cell by itself, whatever font its character comes from. In a run of text,
// fonts would set the widths, and their wide characters and punctuation are seldom two cells of
// another font.
const head = `<!doctype html><meta charset="utf-8"><style>
*{margin:0;padding:0}
body{position:relative;background:#808080}
.f{position:absolute;left:0;overflow:hidden;font:15px/20px "JetBrains Mono","Noto Sans Mono CJK JP","Noto Color Emoji",monospace;font-variant-ligatures:none}
.f i,.f b{position:absolute;height:20px;font-style:normal;font-weight:400;white-space:pre;text-align:center}
.f b{font-weight:700}
.f .w{font-size:16.5px;font-family:"Noto Sans Mono CJK JP","Noto Color Emoji","JetBrains Mono",monospace}
.f .u{text-decoration:underline}
.f span{display:inline-block;min-width:100%}
</style>
`

// fit draws a character that is wider than its cells as terminals do: a letter narrower, a symbol
// smaller.
const fit = `<script>
for (const s of document.querySelectorAll("span")) {
  const room = s.parentElement.offsetWidth, r = document.createRange();
  r.selectNodeContents(s);
  const w = r.getBoundingClientRect().width;
  if (w > room + 0.5) { s.style.transformOrigin = "0 50%"; s.style.transform = (/\p{L}/u.test(s.textContent) ? "scaleX(" : "scale(") + room / w + ")"; }
}
</script>
`

// write writes a frame's cells. Background and character are two elements: a character may extend
// a little out of its cell, and no background may cut it.
func (f frame) write(b *strings.Builder) {
	for y, line := range f.lines {
		x := 0
		for _, c := range line {
			if c.ground != f.ground {
				element(b, x, y, c.width, "i", "", "background:"+hex(c.ground), "")
			}
			x += c.width
		}
	}
	for y, line := range f.lines {
		x := 0
		for _, c := range line {
			at := f.cursor != nil && f.cursor.Y == y && f.cursor.X >= x && f.cursor.X < x+c.width
			if at {
				element(b, x, y, 1, "i", "", "background:"+hex(c.ink), "")
				c.ink = c.ground
			}
			c.write(b, x, y)
			x += c.width
		}
	}
}

func (c cell) write(b *strings.Builder, x, y int) {
	if strings.TrimSpace(c.text) == "" && !c.underline {
		return
	}
	tag, class := "i", ""
	if c.bold {
		tag = "b"
	}
	if c.width > 1 {
		class = "w"
	}
	if c.underline {
		class += " u"
	}
	element(b, x, y, c.width, tag, class, "color:"+hex(c.ink), c.text)
}

// element writes one element on the grid.
func element(b *strings.Builder, x, y, width int, tag, class, style, text string) {
	inner := html.EscapeString(text)
	if text != "" && (len(text) > 1 || width > 1) {
		inner = "<span>" + inner + "</span>"
	}
	fmt.Fprintf(b, `<%s class="%s" style="left:%dpx;top:%dpx;width:%dpx;%s">%s</%s>`+"\n",
		tag, class, margin+x*cellWidth, margin+y*cellHeight, width*cellWidth, style, inner, tag)
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

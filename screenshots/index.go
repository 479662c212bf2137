package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// indexHead is the head of the page of all pictures.
const indexHead = `<!doctype html><meta charset="utf-8"><title>Parley: screenshots</title><style>
body{background:#2b2f38;color:#d7dce5;font:14px/1.5 system-ui,sans-serif;margin:24px}
section{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start;margin-bottom:32px}
figure{margin:0}
img{display:block;max-width:420px;border:1px solid #444b59}
figcaption{color:#9aa3b2;font-size:12px}
</style>
`

// writeIndex writes a page with every picture of a folder, by scene.
func writeIndex(dir string) error {
	pictures, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil {
		return err
	}
	slices.Sort(pictures)
	var b strings.Builder
	b.WriteString(indexHead)
	for _, sc := range scenes() {
		fmt.Fprintf(&b, "<h2>%s</h2>\n<section>\n", html.EscapeString(sc.name))
		for _, v := range sc.variants() {
			name := sc.name + "-" + v.String() + ".png"
			if !slices.Contains(pictures, filepath.Join(dir, name)) {
				continue
			}
			name = html.EscapeString(name)
			fmt.Fprintf(&b, `<figure><a href="%s"><img loading="lazy" src="%s" alt="%s"></a><figcaption>%s</figcaption></figure>`+"\n",
				name, name, name, html.EscapeString(v.String()))
		}
		b.WriteString("</section>\n")
	}
	return os.WriteFile(filepath.Join(dir, "index.html"), []byte(b.String()), files)
}

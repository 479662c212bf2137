package downloads_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parley/client/downloads"
	"parley/model"
)

const (
	png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"
	pdf = "%PDF-1.4\n"
	elf = "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00"
)

func TestNameOf(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content, want string
		opens         bool
	}{
		"desk.jpg":                        {png, "desk.png", true},
		"机 (1).png":                       {png, "机 (1).png", true},
		"":                                {png, "file.png", true},
		"../../.ssh/authorized_keys":      {pdf, "authorized_keys.pdf", true},
		`C:\evil\plan.pdf`:                {pdf, "plan.pdf", true},
		"--open.pdf":                      {pdf, "open.pdf", true},
		".bashrc":                         {"echo hello\n", "bashrc.txt", true},
		"run.desktop":                     {"[Desktop Entry]\nExec=x\n", "run.txt", true},
		"plan.pdf":                        {elf, "plan.pdf", false},
		"photo.jpg.exe":                   {"MZ\x90\x00\x03", "photo.jpg.exe", false},
		"page.html":                       {"<html><script>x</script>", "page.html", false},
		"x\x1b[31m\u202egnp.exe":          {png, "x__31m_gnp.png", true},
		"con.txt":                         {"hello", "file.txt", true},
		strings.Repeat("長", 200) + ".png": {png, strings.Repeat("長", 25) + ".png", true},
	} {
		got, opens := downloads.NameOf(model.Untrusted(name), []byte(tt.content))
		if got != tt.want || opens != tt.opens {
			t.Errorf("%q is saved as %q, opens %v; want %q, %v", name, got, opens, tt.want, tt.opens)
		}
	}
}

// FuzzNameOf: a name stays in its folder, is no option and no hidden file, and a screen shows it.
func FuzzNameOf(f *testing.F) {
	f.Add("../a\x00.png", []byte(png))
	f.Add("-rf .", []byte(pdf))
	f.Fuzz(func(t *testing.T, name string, begin []byte) {
		got, _ := downloads.NameOf(model.Untrusted(name), begin)
		if got == "" || len(got) > 80 || filepath.Base(got) != got || strings.HasPrefix(got, ".") || strings.HasPrefix(got, "-") || !utf8.ValidString(got) {
			t.Errorf("%q is saved as %q", name, got)
		}
		for _, r := range got {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || strings.ContainsRune(`/\:"<>|?*`, r) {
				t.Errorf("%q is saved as %q", name, got)
			}
		}
	})
}

func download(name, content string) model.Download {
	return model.Download{ReadCloser: io.NopCloser(strings.NewReader(content)), Name: model.Untrusted(name), Size: int64(len(content))}
}

// TestSave: each file is the user's alone and replaces none; those of earlier days go.
func TestSave(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "parley", "media")
	to := downloads.NewFolder(dir)
	first, err := to.Save(page, download("first.png", png), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Dir(first.Path)
	var told int64
	content := png + strings.Repeat("x", 10000)
	for _, want := range []string{"desk.png", "desk-2.png", "desk-3.png"} {
		f, err := to.Save(page, download("desk.jpg", content), func(n int64) { told = n })
		if err != nil || f.Path != filepath.Join(dir, want) || !f.Opens || told != int64(len(content)) {
			t.Fatalf("saved %+v, told of %d: %v", f, told, err)
		}
		b, err := os.ReadFile(f.Path)
		if err != nil || string(b) != content {
			t.Errorf("%s holds %d bytes: %v", f.Path, len(b), err)
		}
		for path, mode := range map[string]fs.FileMode{f.Path: 0o600, dir: 0o700} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s: %v, %v", path, info.Mode(), err)
			}
		}
	}
	old := filepath.Join(dir, "desk.png")
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	broken := model.Download{ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader(content), failing{})), Name: "cut.png"}
	if _, err := to.Save(page, broken, nil); !errors.Is(err, errCut) {
		t.Errorf("a file that does not come whole: %v", err)
	}
	for _, gone := range []string{old, filepath.Join(dir, "cut.png")} {
		if _, err := os.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is there: %v", gone, err)
		}
	}
}

// TestSaveNowhereElse: not in a folder that others may use, nor through a link.
func TestSaveNowhereElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777), os.Symlink(t.TempDir(), filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"open", "link"} {
		if _, err := downloads.NewFolder(filepath.Join(dir, name)).Save(page, download("a.png", png), nil); !errors.Is(err, downloads.ErrFolder) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeep: what was saved of a Page goes when the user may not see it any more, and all at logout.
func TestKeep(t *testing.T) {
	t.Parallel()
	to := downloads.NewFolder(filepath.Join(t.TempDir(), "media"))
	if err := to.Keep(nil); err != nil {
		t.Errorf("nothing was saved: %v", err)
	}
	save := func(p model.PageID) string {
		f, err := to.Save(p, download("a.png", png), nil)
		if err != nil {
			t.Fatal(err)
		}
		return f.Path
	}
	there := func(path string) bool { _, err := os.Stat(path); return err == nil }
	seen, hidden := save("100"), save("200")
	if err := to.Keep([]model.PageID{"100", "300"}); err != nil || !there(seen) || there(hidden) {
		t.Errorf("kept: %t, %t, %v", there(seen), there(hidden), err)
	}
	if err := to.Forget(); err != nil || there(seen) {
		t.Errorf("forgotten: %t, %v", !there(seen), err)
	}
}

const page = model.PageID("100")

var errCut = errors.New("cut")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errCut }

package i18n_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"parley/i18n"
	"parley/i18n/internal/catalogue"
)

// catalogues reads them all; what is wrong with them fails the test.
func catalogues(t *testing.T) []catalogue.Domain {
	t.Helper()
	domains, err := catalogue.Read(os.DirFS("catalogues"))
	if err != nil {
		t.Fatal(err)
	}
	return domains
}

func TestIDsAreGenerated(t *testing.T) {
	t.Parallel()
	want, err := catalogue.Constants(catalogues(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("ids_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("ids_gen.go is not made from these catalogues: run go generate ./i18n")
	}
}

// TestEverySentenceIsLoaded: what the catalogues hold, the program says.
func TestEverySentenceIsLoaded(t *testing.T) {
	t.Parallel()
	en, ja := i18n.New("en"), i18n.New("ja")
	for _, d := range catalogues(t) {
		for _, section := range d.Sections {
			for _, s := range section.Sentences {
				if id := i18n.ID(s.ID); !en.Has(id) || !ja.Has(id) {
					t.Errorf("%s is not said", id)
				}
			}
		}
	}
}

// TestEverySentenceIsUsed by a program of ours: its constant is named, or there is the
// function that puts its id together.
func TestEverySentenceIsUsed(t *testing.T) {
	t.Parallel()
	used, functions := names(t)
	for _, d := range catalogues(t) {
		for _, section := range d.Sections {
			if by := section.MadeBy; by != "" && !functions[by] {
				t.Errorf("%s.en.toml: package i18n has no function %s", d.Name, by)
			}
			for _, s := range section.Sentences {
				if name := catalogue.Name(s.ID); section.MadeBy == "" && !used[name] {
					t.Errorf("nobody says %s (i18n.%s)", s.ID, name)
				}
			}
		}
	}
}

// names returns what of this package is named in the module's programs, and the functions
// that this package declares.
func names(t *testing.T) (used, functions map[string]bool) {
	t.Helper()
	used, functions = map[string]bool{}, map[string]bool{}
	of := regexp.MustCompile(`\bi18n\.([A-Z]\w*)`)
	module := os.DirFS("..")
	err := fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasSuffix(name, "test"), entry.IsDir() && entry.Name() == "e2e":
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, "_gen.go"):
			return nil
		}
		src, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		for _, m := range of.FindAllSubmatch(src, -1) {
			used[string(m[1])] = true
		}
		if path.Dir(name) == "i18n" {
			return own(name, src, used, functions)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(used) < 100 || len(functions) < 10 {
		t.Fatalf("found %d names and %d functions: are they still read rightly?", len(used), len(functions))
	}
	return used, functions
}

// own takes the names of a file of this package.
func own(name string, src []byte, used, functions map[string]bool) error {
	f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			functions[n.Name.Name] = true
		case *ast.Ident:
			used[n.Name] = true
		}
		return true
	})
	return nil
}

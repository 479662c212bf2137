package safe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// mayConvert reports whether a package may turn untrusted text into a string:
// this one, which is the way out, those that keep text and send it on as it
// came and draw nothing, and the screen's tests, which look at what was typed.
func mayConvert(path string) bool {
	switch path {
	case "parley/model", "parley/model/inbox", "parley/model/mention", "parley/model/notify", "parley/model/safe", "parley/model/snippet", "parley/hub", "parley/ui/uitest":
		return true
	}
	return strings.HasPrefix(path, "parley/hub/")
}

// TestOneWayOut fails for each place outside the packages of mayConvert where
// untrusted text becomes a string, bytes or runes.
func TestOneWayOut(t *testing.T) {
	t.Parallel()
	module, err := listModule()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"parley/model", "parley/model/safe"} {
		if module.packages[path] == nil {
			t.Fatalf("go list knows nothing of %s", path)
		}
	}
	for path, p := range module.packages {
		if p.Standard || !strings.HasPrefix(path, "parley/") || mayConvert(path) || len(p.GoFiles) == 0 {
			continue
		}
		leaks, err := module.leaks(path, p.files()...)
		if err != nil {
			t.Errorf("can't look into %s: %v", path, err)
		}
		for _, at := range leaks {
			t.Errorf("%v: untrusted text becomes something else; only parley/model/safe may do that", at)
		}
	}
	// The same eyes see the way out that there is.
	found, err := module.leaks("parley/model/safe", module.packages["parley/model/safe"].files()...)
	if err != nil || len(found) == 0 {
		t.Errorf("found %d conversions in this package, error %v; want some", len(found), err)
	}
}

// TestOneWayOutSeesLeaks shows that the test above can fail.
func TestOneWayOutSeesLeaks(t *testing.T) {
	t.Parallel()
	const file = "testdata/leak/leak.go"
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	for i, line := range strings.Split(string(source), "\n") {
		if strings.HasSuffix(line, "// want") {
			want = append(want, i+1)
		}
	}
	module, err := listModule()
	if err != nil {
		t.Fatal(err)
	}
	found, err := module.leaks("leak", file)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, at := range found {
		got = append(got, at.Line)
	}
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("found leaks in lines %v, want %v", got, want)
	}
	if _, err := module.leaks("leak", "testdata/leak/missing.go"); err == nil {
		t.Error("a file that can't be read is no error")
	}
}

// module is what go list says of this module and all it is made of.
type module struct{ packages map[string]*listed }

type listed struct {
	ImportPath, Dir, Export string
	Standard                bool
	GoFiles                 []string
}

func (p *listed) files() []string {
	var files []string
	for _, name := range p.GoFiles {
		files = append(files, filepath.Join(p.Dir, name))
	}
	return files
}

// listModule asks go list, once.
var listModule = sync.OnceValues(func() (module, error) {
	cmd := exec.Command("go", "list", "-e", "-export", "-deps",
		"-json=ImportPath,Dir,Export,Standard,GoFiles", "parley/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return module{}, fmt.Errorf("go list: %w\n%s", err, &stderr)
	}
	m := module{packages: map[string]*listed{}}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return m, nil
		} else if err != nil {
			return module{}, fmt.Errorf("read what go list says: %w", err)
		}
		m.packages[p.ImportPath] = p
	}
})

// leaks returns where the files of a package convert untrusted text.
func (m module) leaks(path string, files ...string) ([]token.Position, error) {
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Uses: map[*ast.Ident]types.Object{},
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", m.export)}
	if _, err := conf.Check(path, fset, parsed, info); err != nil {
		return nil, err
	}
	var at []token.Position
	for _, f := range parsed {
		ast.Inspect(f, func(n ast.Node) bool {
			if n != nil && leaksAt(info, n) {
				at = append(at, fset.Position(n.Pos()))
			}
			return true
		})
	}
	return at, nil
}

// export opens the compiled form of a package.
func (m module) export(path string) (io.ReadCloser, error) {
	if p := m.packages[path]; p != nil && p.Export != "" {
		return os.Open(p.Export)
	}
	return nil, fmt.Errorf("%s isn't compiled", path)
}

// leaksAt reports whether n makes something else of untrusted text.
func leaksAt(info *types.Info, n ast.Node) bool {
	is := func(e ast.Expr) bool { return isUntrusted(info.TypeOf(e)) }
	switch n := n.(type) {
	case *ast.CallExpr:
		return convertsAt(info, n)
	case *ast.Ident:
		return instantiatesAt(info, n)
	case *ast.IndexExpr:
		return is(n.X)
	case *ast.RangeStmt:
		return is(n.X) && n.Value != nil
	}
	return false
}

// convertsAt reports whether a call is a conversion of untrusted text, or copies
// its bytes.
func convertsAt(info *types.Info, call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	last := info.TypeOf(call.Args[len(call.Args)-1])
	fun := info.Types[call.Fun]
	switch {
	case !isUntrusted(last):
		return false
	case fun.IsType():
		_, parameter := types.Unalias(fun.Type).(*types.TypeParam)
		return parameter || !types.IsInterface(fun.Type) && !isUntrusted(fun.Type)
	case fun.IsBuiltin():
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return ok && (id.Name == "copy" || id.Name == "append" && call.Ellipsis.IsValid())
	}
	return false
}

// instantiatesAt reports whether id is a generic function or type that is made
// for untrusted text and knows that it is a kind of string.
func instantiatesAt(info *types.Info, id *ast.Ident) bool {
	args := info.Instances[id].TypeArgs
	if args == nil {
		return false
	}
	var params *types.TypeParamList
	switch t := info.Uses[id].Type().(type) {
	case *types.Signature:
		params = t.TypeParams()
	case interface{ TypeParams() *types.TypeParamList }:
		params = t.TypeParams()
	}
	for i := range args.Len() {
		if isUntrusted(args.At(i)) && onlyStrings(params.At(i).Constraint()) {
			return true
		}
	}
	return false
}

// onlyStrings reports whether all types of a constraint are strings or bytes,
// so that code can convert them.
func onlyStrings(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		return true
	case *types.Interface:
		for i := range u.NumEmbeddeds() {
			if onlyStrings(u.EmbeddedType(i)) {
				return true
			}
		}
	case *types.Union:
		for i := range u.Len() {
			if !onlyStrings(u.Term(i).Type()) {
				return false
			}
		}
		return true
	}
	return false
}

// isUntrusted reports whether t is model.Untrusted, or a pointer to it.
func isUntrusted(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return isUntrusted(p.Elem())
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	return named.Obj().Pkg().Path() == "parley/model" && named.Obj().Name() == "Untrusted"
}

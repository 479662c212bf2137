// Command unused lists what the programs of this module never call: functions, methods, types,
// constants and variables that only tests use, or nobody. What only tests use is not tested by
// them, but kept alive. With -outside it lists what is exported and used only in its own package.
//
// Methods by which a type implements an interface of another module count as used; those of our own
// interfaces are listed where they are declared, if nobody calls them. What is reached only by
// reflection or a linker flag is in allowed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// byName are methods that the standard library looks up by name.
var byName = []string{"Unwrap", "Is", "As", "IsZero"}

// allowed are names that are used in ways that types don't show, with the reason.
var allowed = map[string]string{
	"parley/hub/sshd.HubService.Begin":        byRPC,
	"parley/hub/sshd.HubService.UserOfKey":    byRPC,
	"parley/hub/sshd.HubService.OpenSession":  byRPC,
	"parley/hub/sshd.HubService.CheckSession": byRPC,
	"parley/hub/sshd.HubService.CloseSession": byRPC,
	"parley/hub/sshd.HubService.Count":        byRPC,
	"parley/hub/sshd.HubService.Log":          byRPC,
	"parley/hub/store.EventReader.RawEvent":   "who looks into an event that was kept, does so by hand; tests read what is kept by it",
	"parley/hub/search.Tokenizer":             "migrations hold it as text; a test proves it with the words that Index makes",
	"parley/model.Conversation.NeedsYou":      "the rule that each list follows in its own way; tests compare them by it",
}

const byRPC = "called over net/rpc, by its name"

func main() {
	outside := flag.Bool("outside", false, "what is exported and used in its own package only")
	flag.Parse()
	if err := run(*outside); err != nil {
		fmt.Fprintln(os.Stderr, "unused:", err)
		os.Exit(1)
	}
}

func run(outside bool) error {
	all, err := load()
	if err != nil {
		return err
	}
	u := newUses(all)
	var found []string
	for _, p := range all {
		for _, o := range declared(p) {
			name := p.PkgPath + "." + nameOf(o)
			if allowed[name] == "" && u.needless(p, o, outside) {
				at := p.Fset.Position(o.Pos())
				found = append(found, fmt.Sprintf("%s:%d: %s", shorten(at.Filename), at.Line, name))
			}
		}
	}
	slices.Sort(found)
	for _, line := range found {
		fmt.Fprintln(os.Stdout, line)
	}
	if len(found) > 0 && !outside {
		return fmt.Errorf("%d names are not used", len(found))
	}
	return nil
}

// load returns the packages of this module that the programs consist of.
func load() ([]*packages.Package, error) {
	const mode = packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo |
		packages.NeedImports | packages.NeedDeps | packages.NeedModule
	roots, err := packages.Load(&packages.Config{Mode: mode}, "./...")
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if packages.PrintErrors(roots) > 0 {
		return nil, errors.New("the module does not compile")
	}
	reached := map[string]*packages.Package{}
	var reach func(p *packages.Package)
	reach = func(p *packages.Package) {
		if p.Module == nil || !p.Module.Main || reached[p.PkgPath] != nil {
			return
		}
		reached[p.PkgPath] = p
		for _, i := range p.Imports {
			reach(i)
		}
	}
	for _, p := range roots {
		if p.Name == "main" {
			reach(p)
		}
	}
	return slices.SortedFunc(maps.Values(reached), func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) }), nil
}

// uses is who uses what, and the interfaces by which methods are called.
type uses struct {
	// by maps an object to the packages that use it, outside its own declaration.
	by map[types.Object]map[string]bool
	// methods are those of all interfaces, ours and others', by name.
	methods map[string][]*types.Signature
}

func newUses(all []*packages.Package) *uses {
	u := &uses{by: map[types.Object]map[string]bool{}, methods: map[string][]*types.Signature{}}
	seen := map[*types.Package]bool{}
	u.methodsOf(types.Universe.Lookup("error").Type())
	for _, p := range all {
		for _, f := range p.Syntax {
			for _, d := range f.Decls {
				u.declaration(p, d)
			}
		}
		u.interfaces(p.Types, seen)
		for _, t := range p.TypesInfo.Types {
			u.methodsOf(t.Type)
		}
	}
	return u
}

// declaration records what a declaration uses, except itself.
func (u *uses) declaration(p *packages.Package, d ast.Decl) {
	var self types.Object
	if f, ok := d.(*ast.FuncDecl); ok {
		self = p.TypesInfo.Defs[f.Name]
	}
	receiver := token.NoPos
	end := token.NoPos
	if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
		receiver, end = f.Recv.Pos(), f.Recv.End()
	}
	ast.Inspect(d, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id.Pos() >= receiver && id.Pos() < end {
			return true
		}
		o := origin(p.TypesInfo.Uses[id])
		if o == nil || o == self {
			return true
		}
		if u.by[o] == nil {
			u.by[o] = map[string]bool{}
		}
		u.by[o][p.PkgPath] = true
		return true
	})
}

// origin returns the generic function or method of an instance.
func origin(o types.Object) types.Object {
	switch o := o.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	}
	return o
}

// interfaces collects the interfaces of a package and of all that it imports.
func (u *uses) interfaces(p *types.Package, seen map[*types.Package]bool) {
	if seen[p] {
		return
	}
	seen[p] = true
	scope := p.Scope()
	for _, name := range scope.Names() {
		if t, ok := scope.Lookup(name).(*types.TypeName); ok {
			u.methodsOf(t.Type())
		}
	}
	for _, i := range p.Imports() {
		u.interfaces(i, seen)
	}
}

// methodsOf records the methods of an interface; other types are ignored.
func (u *uses) methodsOf(t types.Type) {
	if t == nil {
		return
	}
	i, ok := t.Underlying().(*types.Interface)
	if !ok {
		return
	}
	for m := range i.Methods() {
		sig := m.Signature()
		if !slices.ContainsFunc(u.methods[m.Name()], func(o *types.Signature) bool { return types.Identical(o, sig) }) {
			u.methods[m.Name()] = append(u.methods[m.Name()], sig)
		}
	}
}

// declared returns the names that a package declares, with the methods of its types and
// interfaces.
func declared(p *packages.Package) []types.Object {
	var out []types.Object
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		o := scope.Lookup(name)
		if name == "main" {
			continue
		}
		out = append(out, o)
		t, ok := o.(*types.TypeName)
		if !ok || t.IsAlias() {
			continue
		}
		if named, ok := t.Type().(*types.Named); ok {
			for m := range named.Methods() {
				out = append(out, m)
			}
			if i, ok := named.Underlying().(*types.Interface); ok {
				for m := range i.ExplicitMethods() {
					out = append(out, m)
				}
			}
		}
	}
	return out
}

// needless reports whether nobody uses a name, or nobody outside its package.
func (u *uses) needless(p *packages.Package, o types.Object, outside bool) bool {
	by := u.by[o]
	if outside {
		others := len(by)
		if by[p.PkgPath] {
			others--
		}
		return o.Exported() && len(by) > 0 && others == 0 && p.Name != "main" && !u.called(o)
	}
	return len(by) == 0 && !u.called(o)
}

// called reports whether a method may be called through an interface, or marks the types of one.
func (u *uses) called(o types.Object) bool {
	f, ok := o.(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return false
	}
	sig, t := f.Signature(), f.Signature().Recv().Type()
	if types.IsInterface(t) {
		return !f.Exported() && sig.Params().Len() == 0 && sig.Results().Len() == 0
	}
	if slices.Contains(byName, f.Name()) {
		return true
	}
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	generic := ok && named.TypeParams().Len() > 0
	return slices.ContainsFunc(u.methods[f.Name()], func(o *types.Signature) bool { return generic || types.Identical(o, sig) })
}

// nameOf returns a name as Go writes it: Type.Method.
func nameOf(o types.Object) string {
	f, ok := o.(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return o.Name()
	}
	t := f.Signature().Recv().Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "." + f.Name()
	}
	return f.Name()
}

// shorten returns a path relative to the working directory.
func shorten(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil {
		return short
	}
	return path
}

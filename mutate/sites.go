package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// mutant is one small change of one file.
type mutant struct {
	file string // from the module's root
	line int
	col  int
	// first and last are the lines of its function.
	first, last int

	in   string // that function
	from string // the source that is replaced
	what string // what the change is, in words
	new  []byte // the whole file, changed
	of   string // the package's name
	// switched is nil if the change can't be combined with others.
	switched *switched
	// nth distinguishes equal changes in one function, from 1 on.
	nth int
}

// key identifies a mutant even if the lines above it move.
func (m *mutant) key() string {
	key := m.file + " " + m.in + " " + m.what + " " + m.from
	if m.nth > 1 {
		key += " #" + strconv.Itoa(m.nth)
	}
	return key
}

func (m *mutant) String() string {
	return fmt.Sprintf("%s:%d (%s): %s: %s", m.file, m.line, m.in, m.what, m.from)
}

// edit replaces a part of a file's source.
type edit struct {
	from, to token.Pos
	text     string
	what     string
	// whole is the node that behind rewrites: to the old source, or to the change if that number
	// is chosen.
	whole  ast.Node
	behind func(n int, old string) string
}

// mutantsOf returns every known change to the files of a folder, except tests and generated files,
// in the order of the source.
func mutantsOf(root, folder string) ([]*mutant, error) {
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return nil, err
	}
	sort.Strings(paths)
	var all []*mutant
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		of, err := mutantsOfFile(root, path)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

func mutantsOfFile(root, path string) ([]*mutant, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(file) {
		return nil, nil
	}
	name, err := filepath.Rel(root, path)
	if err != nil {
		return nil, err
	}
	var all []*mutant
	alike := map[string]int{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil || f.Name.Name == "String" {
			continue
		}
		for _, e := range editsOf(f.Body) {
			at, to := files.Position(e.from), files.Position(e.to).Offset
			m := &mutant{
				file: filepath.ToSlash(name), line: at.Line, col: at.Column, in: nameOf(f), what: e.what,
				first: files.Position(f.Body.Pos()).Line, last: files.Position(f.Body.End()).Line,
				from: oneLine(src[at.Offset:to]), new: bytes.Join([][]byte{src[:at.Offset], []byte(e.text), src[to:]}, nil),
			}
			m.of, m.switched = file.Name.Name, switchedOf(files, src, e)
			alike[m.key()]++
			m.nth = alike[m.key()]
			all = append(all, m)
		}
	}
	return all, nil
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if p, ok := of.(*ast.StarExpr); ok {
		of = p.X
	}
	if g, ok := of.(*ast.IndexExpr); ok {
		of = g.X
	}
	if id, ok := of.(*ast.Ident); ok {
		return id.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

// longest is how much of the changed source is shown.
const longest = 100

func oneLine(src []byte) string {
	line := strings.Join(strings.Fields(string(src)), " ")
	if runes := []rune(line); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return line
}

// editsOf returns the changes to a function's body.
func editsOf(body *ast.BlockStmt) []edit {
	var all []edit
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			all = append(all, conditionEdits(n)...)
		case *ast.BinaryExpr:
			all = append(all, operatorEdits(n)...)
		case *ast.BlockStmt:
			all = append(all, statementEdits(n.List)...)
		case *ast.CaseClause:
			all = append(all, statementEdits(n.Body)...)
		case *ast.BasicLit:
			all = append(all, numberEdits(n)...)
		case *ast.BranchStmt:
			all = append(all, branchEdits(n)...)
		}
		return true
	})
	return all
}

// conditionEdits make an if never and always hold, except checks of an error: without them hardly
// anything compiles, and tests can't provoke every error.
func conditionEdits(n *ast.IfStmt) []edit {
	if checksError(n.Cond) {
		return nil
	}
	return []edit{
		{
			n.Cond.Pos(), n.Cond.End(), "(" + source(n.Cond) + ") && false", "never", n.Cond,
			func(n int, old string) string { return fmt.Sprintf("(%s) && mutantChosen != %d", old, n) },
		},
		{
			n.Cond.Pos(), n.Cond.End(), "(" + source(n.Cond) + ") || true", "always", n.Cond,
			func(n int, old string) string { return fmt.Sprintf("(%s) || mutantChosen == %d", old, n) },
		},
	}
}

func checksError(cond ast.Expr) bool {
	b, ok := cond.(*ast.BinaryExpr)
	if !ok {
		return false
	}
	x, ok := b.X.(*ast.Ident)
	return ok && strings.HasSuffix(strings.ToLower(x.Name), "err")
}

// others maps each operator to its replacement.
var others = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD,
}

func operatorEdits(n *ast.BinaryExpr) []edit {
	other, ok := others[n.Op]
	if !ok || checksError(n) || text(n.X) || text(n.Y) {
		return nil
	}
	e := edit{
		from: n.OpPos, to: n.OpPos + token.Pos(len(n.Op.String())), text: other.String(),
		what: n.Op.String() + " to " + other.String() + " in " + oneLine([]byte(source(n))),
	}
	if n.Op != token.ADD && n.Op != token.SUB {
		changed := source(&ast.BinaryExpr{X: n.X, Op: other, Y: n.Y})
		e.whole, e.behind = n, func(n int, old string) string {
			return fmt.Sprintf("func() bool { if mutantChosen == %d { return %s }; return %s }()", n, changed, old)
		}
	}
	return []edit{e}
}

// text reports whether an operand is a string literal: texts are only concatenated.
func text(e ast.Expr) bool {
	l, ok := e.(*ast.BasicLit)
	return ok && l.Kind == token.STRING
}

// statementEdits leave a statement out: a call, a send, an assignment to an existing variable, an
// increment or decrement.
func statementEdits(list []ast.Stmt) []edit {
	var all []edit
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.SendStmt:
			if logs(s) {
				continue
			}
			all = append(all, edit{s.Pos(), s.End(), "", "left out", s, func(n int, old string) string {
				return fmt.Sprintf("if mutantChosen != %d { %s }", n, old)
			}})
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				unused := blank(s)
				all = append(all, edit{s.Pos(), s.End(), unused, "left out", s, func(n int, old string) string {
					return fmt.Sprintf("if mutantChosen != %d { %s } else { %s }", n, old, unused)
				}})
			}
		}
	}
	return all
}

// logs reports whether a statement only logs progress. Logging a failure counts.
func logs(s ast.Stmt) bool {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := e.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Debug", "Info", "Warn"}, f.Sel.Name) {
		return false
	}
	switch to := f.X.(type) {
	case *ast.SelectorExpr:
		return to.Sel.Name == "log"
	case *ast.Ident:
		return to.Name == "log" || to.Name == "slog"
	}
	return false
}

// blank uses what an assignment would have used, so that the rest compiles.
func blank(s *ast.AssignStmt) string {
	var b strings.Builder
	for _, x := range s.Rhs {
		if _, call := x.(*ast.CallExpr); call && len(s.Lhs) > 1 && len(s.Rhs) == 1 {
			return strings.Repeat("_, ", len(s.Lhs)-1) + "_ = " + source(x)
		}
		if id, ok := x.(*ast.Ident); ok && (id.Name == "nil" || id.Name == "_") {
			continue
		}
		b.WriteString("_ = " + source(x) + "; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func numberEdits(n *ast.BasicLit) []edit {
	if n.Kind != token.INT {
		return nil
	}
	v, err := strconv.Atoi(n.Value)
	if err != nil {
		return nil
	}
	return []edit{{n.Pos(), n.End(), strconv.Itoa(v + 1), "one more", n, func(n int, old string) string {
		return fmt.Sprintf("(%s + mutantOne(%d))", old, n)
	}}}
}

func branchEdits(n *ast.BranchStmt) []edit {
	if n.Label != nil {
		return nil
	}
	switch n.Tok {
	case token.CONTINUE:
		return []edit{{n.Pos(), n.End(), "break", "break for continue", n, func(n int, old string) string {
			return fmt.Sprintf("if mutantChosen == %d { break } else { %s }", n, old)
		}}}
	case token.BREAK:
		return []edit{{n.Pos(), n.End(), "", "left out", n, func(n int, old string) string {
			return fmt.Sprintf("if mutantChosen != %d { %s }", n, old)
		}}}
	default:
		return nil
	}
}

// source formats an expression.
func source(e ast.Expr) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), e); err != nil {
		return ""
	}
	return b.String()
}

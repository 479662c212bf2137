package graph

import (
	"fmt"
	"strconv"
)

// field is one item of a fields parameter: name.limit(20){sub,sub}.
type field struct {
	name  string
	limit int               // of .limit(n); 0 when absent
	args  map[string]string // the other modifiers
	sub   []field
}

// Limits of a fields parameter: far above what anybody needs.
const (
	maxFieldsLength = 4096
	maxFieldsDepth  = 4
)

// parseFields parses a fields parameter. An empty text has no fields.
func parseFields(text string) ([]field, error) {
	if len(text) > maxFieldsLength {
		return nil, badParam("param fields is too long")
	}
	p := &fieldParser{text: text}
	p.space()
	if p.at == len(text) {
		return nil, nil
	}
	list, err := p.list(0)
	if err != nil {
		return nil, err
	}
	if p.at != len(text) {
		return nil, p.fail("end of string")
	}
	return list, nil
}

// fieldParser parses a fields parameter.
type fieldParser struct {
	text string
	at   int
}

func (p *fieldParser) fail(expected string) error {
	got := "end of string"
	if p.at < len(p.text) {
		got = strconv.Quote(p.text[p.at : p.at+1])
	}
	return &graphError{code: 2500, message: fmt.Sprintf("Syntax error \"Expected %s instead of %s.\" at character %d: %s", expected, got, p.at, p.text)}
}

func (p *fieldParser) space() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\n' || p.text[p.at] == '\t') {
		p.at++
	}
}

// accept consumes c if it is next.
func (p *fieldParser) accept(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *fieldParser) word() string {
	p.space()
	from := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
		p.at++
	}
	return p.text[from:p.at]
}

func (p *fieldParser) list(depth int) ([]field, error) {
	if depth > maxFieldsDepth {
		return nil, badParam("param fields is nested too deeply")
	}
	var list []field
	for {
		f, err := p.item(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
		if !p.accept(',') {
			p.space()
			return list, nil
		}
	}
}

func (p *fieldParser) item(depth int) (field, error) {
	f := field{name: p.word()}
	if f.name == "" {
		return f, p.fail("a field name")
	}
	for p.accept('.') {
		if err := p.modifier(&f); err != nil {
			return f, err
		}
	}
	if !p.accept('{') {
		return f, nil
	}
	var err error
	if f.sub, err = p.list(depth + 1); err != nil {
		return f, err
	}
	if !p.accept('}') {
		return f, p.fail(`"}"`)
	}
	return f, nil
}

// modifier parses name(argument) after a dot.
func (p *fieldParser) modifier(f *field) error {
	name := p.word()
	if name == "" || !p.accept('(') {
		return p.fail(`a modifier with "("`)
	}
	from := p.at
	for p.at < len(p.text) && p.text[p.at] != ')' {
		p.at++
	}
	arg := p.text[from:p.at]
	if !p.accept(')') {
		return p.fail(`")"`)
	}
	if name == "limit" {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 0 {
			return badParam("param limit must be a non-negative integer")
		}
		f.limit = n
		return nil
	}
	if f.args == nil {
		f.args = map[string]string{}
	}
	f.args[name] = arg
	return nil
}

func errNoField(name, node string) *graphError {
	return badParam("Tried accessing nonexisting field (%s) on node type (%s)", name, node)
}

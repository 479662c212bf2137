package term

import (
	"fmt"
	"reflect"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// PanicError is a panic that ended the screen.
type PanicError struct {
	// Value is what was panicked with. It may hold a customer's text.
	Value any
	// Stack is where.
	Stack []byte
}

// Error implements error.
func (p *PanicError) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Recover ends the program, if the goroutine that defers it panics, as a panic in the
// screen does: with the terminal given back, and [Program.Run] telling of it.
func (p *Program) Recover() {
	if r := recover(); r != nil {
		p.fail(&PanicError{Value: r, Stack: debug.Stack()})
	}
}

// commandType is what commands come as, also in the lists of [tea.Batch] and
// [tea.Sequence], of which the second has no name.
var commandType = reflect.TypeFor[tea.Cmd]()

// guarded is a command whose panics end the program, and those of all commands that it
// leads to.
func (p *Program) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer p.Recover()
		msg = cmd()
		list := reflect.ValueOf(msg)
		if !list.IsValid() || list.Kind() != reflect.Slice || list.Type().Elem() != commandType {
			return msg
		}
		out := reflect.MakeSlice(list.Type(), list.Len(), list.Len())
		for i := range list.Len() {
			one, _ := list.Index(i).Interface().(tea.Cmd)
			out.Index(i).Set(reflect.ValueOf(p.guarded(one)))
		}
		return out.Interface()
	}
}

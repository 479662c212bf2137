package term

import (
	"fmt"
	"reflect"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// PanicError is a panic that ended the screen.
type PanicError struct {
	// Value is the panic's value. It may hold a customer's text.
	Value any
	// Stack is the stack trace.
	Stack []byte
}

// Error implements error.
func (p *PanicError) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Recover is deferred in a goroutine: its panic ends the program as one in the screen does,
// with the terminal restored and the error returned by [Program.Run].
func (p *Program) Recover() {
	if r := recover(); r != nil {
		p.fail(&PanicError{Value: r, Stack: debug.Stack()})
	}
}

// commandType is the element type of the lists of [tea.Batch] and [tea.Sequence], of which the
// second has no exported name.
var commandType = reflect.TypeFor[tea.Cmd]()

// guarded returns a command whose panics, and those of all commands it leads to, end the
// program.
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

package safe

// Text is text that may be drawn in a terminal. Only this package makes one
// that isn't empty. The zero value is the empty text.
type Text struct {
	s     string
	flags flags
}

type flags uint8

const (
	hidden flags = 1 << iota
	cut
)

// String returns what to draw.
func (t Text) String() string { return t.s }

// Empty reports whether there is nothing to draw. A name of spaces only gives an empty text.
func (t Text) Empty() bool { return t.s == "" }

// Hidden reports whether characters were removed or masked. Readers should know: such
// characters can hide, reorder or imitate other text.
func (t Text) Hidden() bool { return t.flags&hidden != 0 }

// Cut reports whether the original is longer than what is shown.
func (t Text) Cut() bool { return t.flags&cut != 0 }

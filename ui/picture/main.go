package picture

import (
	"io"
	"strconv"
)

// Main is the decoder's process: it decodes what is on its input, as [Decoder] asks by its
// arguments, and returns the exit code.
func Main(args []string, in io.Reader, out io.Writer) int {
	const failed = 1
	Confine()
	if len(args) != 2 {
		return failed
	}
	w, err := strconv.Atoi(args[0])
	h, err2 := strconv.Atoi(args[1])
	if err != nil || err2 != nil || w < 1 || h < 1 {
		return failed
	}
	m, err := Decode(in, w, h)
	if err != nil || m.Write(out) != nil {
		return failed
	}
	return 0
}

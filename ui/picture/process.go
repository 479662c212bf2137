package picture

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// Command is the command of this program that decodes: a picture on its input becomes a small one
// on its output.
const Command = "decode-picture"

// mostTime is how long decoding may take.
const mostTime = 5 * time.Second

// Decoder decodes by a process of its own each time. The zero value runs this program.
type Decoder struct {
	// Program is the one to run; empty: this.
	Program string
	// Env is its whole environment.
	Env []string
}

// Decode makes a picture fit into a box of pixels. The process has no other environment, and is ended
// when ctx or its time is over.
func (d Decoder) Decode(ctx context.Context, r io.Reader, w, h int) (Image, error) {
	program := d.Program
	if program == "" {
		var err error
		if program, err = os.Executable(); err != nil {
			return Image{}, fmt.Errorf("find the decoder: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, Command, strconv.Itoa(w), strconv.Itoa(h)) //nolint:gosec // this program, with two numbers
	cmd.Env = append([]string{}, d.Env...)                                              // never nil, which would be ours
	cmd.Stdin = io.LimitReader(r, MostBytes+1)
	var out bytes.Buffer
	cmd.Stdout = &limited{&out, 3*MostSide*MostSide + 64}
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return Image{}, fmt.Errorf("decode picture: %w", err)
	}
	return Read(&out, w, h)
}

// limited writes at most so many bytes.
type limited struct {
	to   io.Writer
	left int
}

func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.left {
		return 0, ErrImage
	}
	l.left -= len(b)
	return l.to.Write(b) //nolint:wrapcheck // a buffer has no errors
}

//go:build linux

package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// disk is a folder's files, and the recorded steps on them.
type disk struct {
	dir   string
	began map[string][]byte
	steps []step
}

// step is something done to a file.
type step struct {
	at time.Time
	// do is write, append, sync, truncate, rename or remove.
	do, name, to string
	data         []byte
	offset       int64
	// from is, for a sync, how many steps came before its beginning.
	from int
}

func diskOf(dir string) (*disk, error) {
	d := &disk{dir: dir, began: map[string][]byte{}}
	return d, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || passing(path) {
			return err
		}
		b, err := os.ReadFile(path) //nolint:gosec // our own folder
		d.began[strings.TrimPrefix(path, dir+"/")] = b
		return err
	})
}

// passing reports whether a file means nothing after a power cut.
func passing(path string) bool {
	return strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, ".lock")
}

var (
	line = regexp.MustCompile(`^(\d+) +(\d+)\.(\d+) (?:<\.\.\. )?(\w+)(.*)$`)
	ofFD = regexp.MustCompile(`^\(\d+<([^>]*)>`)
	text = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
)

var errTrace = errors.New("strace wrote something else")

// read parses strace's output. A call interrupted by those of other threads counts as done when it
// ended; a sync began when it began.
func (d *disk) read(r io.Reader) error {
	in := bufio.NewReaderSize(r, 1<<20)
	type half struct {
		rest string
		from int
	}
	begun := map[string]half{} // by thread
	for {
		raw, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil // what follows the last line break was cut off with the hub
		}
		if err != nil {
			return err
		}
		m := line.FindStringSubmatch(strings.TrimSuffix(raw, "\n"))
		if m == nil {
			continue // the end of a thread
		}
		thread, call, rest := m[1], m[4], m[5]
		seconds, _ := strconv.ParseInt(m[2], 10, 64)
		micros, _ := strconv.ParseInt(m[3], 10, 64)
		from := len(d.steps)
		if before, cut := strings.CutSuffix(rest, " <unfinished ...>"); cut {
			begun[thread] = half{before, from}
			continue
		}
		if after, resumed := strings.CutPrefix(rest, " resumed>"); resumed {
			h := begun[thread]
			rest, from = h.rest+after, h.from
		}
		if err := d.note(time.Unix(seconds, micros*int64(time.Microsecond)), call, rest, from); err != nil {
			return fmt.Errorf("%w: %.200s", err, raw)
		}
	}
}

// note records a call, if it succeeded and was on a file of ours.
func (d *disk) note(at time.Time, call, rest string, from int) error {
	i := strings.LastIndex(rest, ") = ")
	if i < 0 {
		i = strings.LastIndex(rest, ")  = ")
	}
	equals := strings.LastIndex(rest, "= ")
	if i < 0 || equals < 0 || strings.HasPrefix(rest[equals:], "= -1") || strings.HasPrefix(rest[equals:], "= ?") {
		return nil
	}
	args := rest[:i]
	names := text.FindAllStringSubmatch(args, -1)
	s := step{at: at, from: from}
	if fd := ofFD.FindStringSubmatch(args); fd != nil {
		s.name = plain(fd[1])
	}
	var err error
	switch call {
	case "rename", "renameat", "renameat2":
		s.do, s.name, s.to = "rename", unhex(names[0][1]), unhex(names[1][1])
	case "unlink", "unlinkat":
		s.do, s.name = "remove", unhex(names[0][1])
	case "fsync", "fdatasync":
		s.do = "sync"
	case "ftruncate":
		s.do = "truncate"
		s.offset, err = strconv.ParseInt(args[strings.LastIndex(args, " ")+1:], 10, 64)
	case "pwrite64", "write":
		if len(names) == 0 {
			return nil // nothing was written
		}
		s.do, s.data = "append", []byte(unhex(names[0][1]))
		if call == "pwrite64" {
			s.do = "write"
			s.offset, err = strconv.ParseInt(args[strings.LastIndex(args, " ")+1:], 10, 64)
		}
		var n int
		if n, _ = strconv.Atoi(rest[equals+2:]); n < len(s.data) {
			s.data = s.data[:n]
		} else if n > len(s.data) && d.ours(&s) {
			return errTrace
		}
	}
	if err != nil || !d.ours(&s) {
		return err
	}
	d.steps = append(d.steps, s)
	return nil
}

// ours reports whether a step is on a file in the folder, and makes its names relative to it.
func (d *disk) ours(s *step) bool {
	for _, name := range []*string{&s.name, &s.to} {
		*name = strings.TrimPrefix(*name, d.dir+"/")
	}
	return s.name != "" && !filepath.IsAbs(s.name) && !strings.Contains(s.name, ":") && !passing(s.name)
}

// plain decodes the escapes of a path.
func plain(path string) string {
	if strings.HasPrefix(path, `\x`) {
		return unhex(path)
	}
	return path
}

func unhex(s string) string {
	b, _ := hex.DecodeString(strings.ReplaceAll(s, `\x`, ""))
	return string(b)
}

// file is a file as the disk may have it.
type file struct {
	sure []byte
	// then are the unconfirmed steps, in order.
	then []step
	// is is the length that programs see.
	is int64
}

// sector is what a disk writes atomically.
const sector = 512

// lay writes the files as they may be when the power is cut before a step: what was confirmed is
// there; of the rest each write may be there, missing, or there in part.
func (d *disk) lay(dir string, at int, rng *rand.Rand) error {
	files := map[string]*file{}
	for name, b := range d.began {
		files[name] = &file{sure: append([]byte(nil), b...), is: int64(len(b))}
	}
	numbers := map[string][]int{}          // indexes of the waiting steps, as in file.then
	named := at - rng.IntN(2)*rng.IntN(at) // names that came later were not confirmed
	for i, s := range d.steps[:at] {
		f := files[s.name]
		if f == nil && (s.do == "write" || s.do == "append") {
			f = &file{}
			files[s.name] = f
		}
		if f == nil {
			continue // a folder
		}
		switch s.do {
		case "write", "append":
			if s.do == "append" {
				s.offset = f.is
			}
			f.is = max(f.is, s.offset+int64(len(s.data)))
			f.then, numbers[s.name] = append(f.then, s), append(numbers[s.name], i)
		case "truncate":
			f.is = s.offset
			f.then, numbers[s.name] = append(f.then, s), append(numbers[s.name], i)
		case "sync":
			n := 0
			for n < len(f.then) && numbers[s.name][n] < s.from {
				f.sure = f.then[n].onto(f.sure)
				n++
			}
			f.then, numbers[s.name] = f.then[n:], numbers[s.name][n:]
		case "rename":
			if i < named {
				files[s.to], numbers[s.to] = f, numbers[s.name]
			}
			delete(files, s.name)
			delete(numbers, s.name)
		case "remove":
			delete(files, s.name)
			delete(numbers, s.name)
		}
	}
	for name, f := range files {
		if err := f.write(filepath.Join(dir, name), rng); err != nil {
			return err
		}
	}
	return own(dir)
}

// onto applies a step to a file's content.
func (s step) onto(b []byte) []byte {
	if s.do == "truncate" {
		return sized(b, s.offset)
	}
	end := s.offset + int64(len(s.data))
	if end > int64(len(b)) {
		b = sized(b, end)
	}
	copy(b[s.offset:], s.data)
	return b
}

func sized(b []byte, n int64) []byte {
	if n <= int64(len(b)) {
		return b[:n]
	}
	return append(b, make([]byte, n-int64(len(b)))...)
}

// write writes the file, with chance deciding what was not confirmed.
func (f *file) write(path string, rng *rand.Rand) error {
	b := append([]byte(nil), f.sure...)
	mode := rng.IntN(4)
	for _, s := range f.then {
		switch {
		case mode == 0: // nothing more arrived
			continue
		case mode == 1: // all of it arrived
		case mode == 2 && rng.IntN(2) == 0: // each by chance
			continue
		case mode == 3 && s.do == "write": // some of it
			for o := 0; o < len(s.data); o += sector {
				if rng.IntN(2) == 0 {
					part := s
					part.offset, part.data = s.offset+int64(o), s.data[o:min(o+sector, len(s.data))]
					b = part.onto(b)
				}
			}
			continue
		}
		b = s.onto(b)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

// own makes the mark beside the store not say where it was made: the disk is the same, and these
// files are copies only because we are not a disk.
func own(dir string) error {
	marks, err := filepath.Glob(filepath.Join(dir, "*.mark"))
	for _, path := range marks {
		b, e := os.ReadFile(path)
		var m map[string]json.RawMessage
		if e == nil && json.Unmarshal(b, &m) == nil {
			maps.DeleteFunc(m, func(name string, _ json.RawMessage) bool { return name == "self" })
			if b, e = json.Marshal(m); e == nil {
				e = os.WriteFile(path, b, 0o600)
			}
		}
		err = errors.Join(err, e)
	}
	return err
}

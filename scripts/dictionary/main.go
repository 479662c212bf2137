// Command dictionary makes the dictionary by which the store compresses events as Meta sent them:
//
//	go run ./scripts/dictionary -number 2 -o hub/store/compact/events2.dict
//
// It is trained on the samples of all kinds of events that the tests of hub/messenger/webhook have,
// each many times with other ids and times, and with the sentences of i18n/catalogues as what was
// said. The same tree makes the same bytes. Events that were written with a dictionary are read
// with it for as long as they are kept: one that is released is not made anew, but gets a successor
// with another number.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/klauspost/compress/zstd"
)

const (
	samples    = "hub/messenger/webhook/testdata/webhooks"
	catalogues = "i18n/catalogues"
	// rounds is how often each kind of event is in the training, plainRounds how often an
	// ordinary message and its echo: they are nearly all that a Page gets.
	rounds, plainRounds = 6, 1200
	// last is how many ordinary ones the dictionary ends with; size is what it holds at most.
	last = 8
	size = 12 << 10
)

func main() {
	out := flag.String("o", "", "the file to write, which must not exist")
	number := flag.Uint("number", 1, "the dictionary's number")
	flag.Parse()
	if err := run(*out, uint32(*number)); err != nil { //nolint:gosec // a small number
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out string, number uint32) error {
	said, err := sentences()
	if err != nil {
		return err
	}
	forms, err := events()
	if err != nil {
		return err
	}
	m := &maker{Rand: rand.New(rand.NewPCG(1, uint64(number))), said: said} //nolint:gosec // the same each time
	var training, shapes [][]byte
	for _, form := range forms {
		shapes = append(shapes, m.event(form))
		for range rounds {
			training = append(training, m.event(form))
		}
	}
	for range plainRounds {
		training = append(training, m.event(plain), m.event(echo))
	}
	// What is nearest to an event costs least to refer to, so the ordinary comes last.
	slices.SortStableFunc(shapes, func(a, b []byte) int { return len(b) - len(a) })
	history := bytes.Join(append(shapes, training[len(training)-last:]...), nil)
	history = history[max(0, len(history)-size):]
	b, err := zstd.BuildDict(zstd.BuildDictOptions{
		ID: number, Contents: training, History: history, Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedFastest,
	})
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // no secret
	if err != nil {
		return err // there is one, which events may have been written with
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// What nearly all events are, in the order in which Meta writes the names.
var (
	plain = json.RawMessage(`{"sender":{"id":"1"},"recipient":{"id":"1"},"timestamp":1,"message":{"mid":"m_1","text":"1"}}`)
	echo  = json.RawMessage(`{"sender":{"id":"1"},"recipient":{"id":"1"},"timestamp":1,"message":{"is_echo":true,"app_id":1,"mid":"m_1","text":"1"}}`)
)

// events returns the events in the samples.
func events() ([]json.RawMessage, error) {
	files, err := filepath.Glob(filepath.Join(samples, "*.json"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, fmt.Errorf("no samples in %s", samples))
	}
	var list []json.RawMessage
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var post struct {
			Entry []struct{ Messaging, Standby []json.RawMessage }
		}
		if json.Unmarshal(b, &post) != nil {
			continue // one that is broken on purpose
		}
		for _, e := range post.Entry {
			list = append(append(list, e.Messaging...), e.Standby...)
		}
	}
	return list, nil
}

// sentences returns what the catalogues say, without what stands for names.
func sentences() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(catalogues, "*.toml"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, fmt.Errorf("no sentences in %s", catalogues))
	}
	var list []string
	for _, file := range files {
		all := map[string]any{}
		if _, err := toml.DecodeFile(file, &all); err != nil {
			return nil, err
		}
		for _, id := range slices.Sorted(maps.Keys(all)) {
			if s, ok := all[id].(string); ok && len(s) > 12 && !strings.Contains(s, "{{") {
				list = append(list, s)
			}
		}
	}
	return list, nil
}

// maker varies events.
type maker struct {
	*rand.Rand
	said []string
}

// event returns an event with ids, times and texts of its own, as the store keeps it before it is
// compressed.
func (m *maker) event(form json.RawMessage) []byte {
	var tight bytes.Buffer
	if err := json.Compact(&tight, form); err != nil {
		return nil
	}
	in := json.NewDecoder(&tight)
	in.UseNumber()
	var out bytes.Buffer
	if err := m.value(in, &out, ""); err != nil {
		return form
	}
	return out.Bytes()
}

// value copies a value; name is what it is called.
func (m *maker) value(in *json.Decoder, out *bytes.Buffer, name string) error {
	t, err := in.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		out.WriteByte(byte(v)) //nolint:gosec // a bracket
		for i := 0; in.More(); i++ {
			if i > 0 {
				out.WriteByte(',')
			}
			inner := name
			if v == '{' {
				key, err := in.Token()
				if err != nil {
					return err
				}
				inner = fmt.Sprint(key)
				out.Write(quoted(inner))
				out.WriteByte(':')
			}
			if err := m.value(in, out, inner); err != nil {
				return err
			}
		}
		end, err := in.Token()
		if d, ok := end.(json.Delim); ok {
			out.WriteByte(byte(d)) //nolint:gosec // a bracket
		}
		return err
	case string:
		out.Write(quoted(m.text(name, v)))
	case json.Number:
		out.WriteString(m.number(name, string(v)))
	default:
		b, err := json.Marshal(v)
		out.Write(b)
		return err
	}
	return nil
}

// text returns another text for one of that name.
func (m *maker) text(name, was string) string {
	switch {
	case name == "mid":
		b := make([]byte, 64)
		for i := range b {
			b[i] = byte(m.IntN(256)) //nolint:gosec // it fits
		}
		return "m_" + base64.RawURLEncoding.EncodeToString(b)
	case name == "text":
		return m.said[m.IntN(len(m.said))]
	case len(was) > 8 && strings.Trim(was, "0123456789") == "":
		return m.digits(len(was))
	case was == "1":
		return m.digits(16)
	}
	return was
}

func (m *maker) number(name, was string) string {
	switch {
	case name == "timestamp" || name == "watermark":
		return fmt.Sprint(1_700_000_000_000 + m.Int64N(200_000_000_000))
	case name == "app_id" || len(was) > 8:
		return m.digits(15)
	}
	return was
}

func (m *maker) digits(n int) string {
	b := []byte{byte('1' + m.IntN(9))} //nolint:gosec // a digit
	for len(b) < n {
		b = append(b, byte('0'+m.IntN(10))) //nolint:gosec // a digit
	}
	return string(b)
}

// quoted returns a text in JSON with no more escapes than it needs, as the store has it before it
// is compressed.
func quoted(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text can always be encoded
	return bytes.TrimSpace(b.Bytes())
}

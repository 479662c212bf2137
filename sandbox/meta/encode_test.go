package meta

import (
	"encoding/json"
	"os"
	"testing"

	"pgregory.net/rapid"
)

func TestSignaturesAndEscapes(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Secret  string
		Vectors []struct{ Name, Text, Wire, SHA256, SHA1 string }
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			body, err := Encode(json.RawMessage(`{"object":"page","entry":[{"id":"682498302938465","time":1458692752824,"messaging":[` +
				`{"sender":{"id":"1254459154682919"},"recipient":{"id":"682498302938465"},"timestamp":1458692752478,"message":` +
				mustJSON(t, Message{MID: "m_1", Text: v.Text}) + `}]}]}`))
			if err != nil {
				t.Fatal(err)
			}
			if string(body) != v.Wire {
				t.Errorf("body\n got %s\nwant %s", body, v.Wire)
			}
			new256, old := signatures(file.Secret, body)
			if new256 != v.SHA256 || old != v.SHA1 {
				t.Errorf("signatures %s %s, want %s %s", new256, old, v.SHA256, v.SHA1)
			}
		})
	}
}

// mustJSON encodes without HTML escapes.
func mustJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestEscapeKeepsEscapes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":"\ud800"}`:     `{"a":"\ud800"}`,
		`{"a":"\/ \\ \" /"}`: `{"a":"\/ \\ \" \/"}`,
		`{"a":"\u00E4ä"}`:    `{"a":"\u00E4\u00e4"}`,
		`{"a":"👩‍🍳"}`:        `{"a":"\ud83d\udc69\u200d\ud83c\udf73"}`,
	} {
		if got := string(Escape([]byte(in))); got != want {
			t.Errorf("Escape(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestEncodeIsASCIIAndReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		raw, err := Encode(map[string]string{"t": text})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range raw {
			if c >= 0x80 || c == '<' || c == '%' || c == '@' {
				t.Fatalf("byte %q left in %s", c, raw)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if back["t"] != text {
			t.Fatalf("read back %q, wrote %q", back["t"], text)
		}
	})
}

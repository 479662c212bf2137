package cli

import (
	"bytes"
	"encoding/json"
	"testing"
)

// TestJSONHidesNothing: what --json prints is exact, and a terminal shows all of it.
func TestJSONHidesNothing(t *testing.T) {
	t.Parallel()
	const said = "invoice\u202Egnp.exe \u200Bpay\U000E0041 \u009b31m ❤️ 👨‍👩‍👧"
	var out bytes.Buffer
	p := Program{JSON: true, Out: &out}
	if err := p.Print(map[string]string{"text": said}, nil); err != nil {
		t.Fatal(err)
	}
	const want = `{"text":"invoice\u202egnp.exe \u200bpay\udb40\udc41 \u009b31m ❤️ 👨‍👩‍👧"}` + "\n"
	if out.String() != want {
		t.Errorf("printed %q", out.String())
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["text"] != said {
		t.Errorf("read back %q, %v", back["text"], err)
	}
}

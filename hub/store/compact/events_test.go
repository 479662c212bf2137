package compact

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
)

// FuzzEvent: whatever Meta sends comes back as it was.
func FuzzEvent(f *testing.F) {
	for _, s := range []string{
		"", "{}", `"\u898b\u7a4d \ud83d\ude00 a\/b \\/ \" \u0000"`, `"見積"`, `\`, `\u`, `\ud83d`, `\uD83D\uDE00`, `\ufffd`, "\\\xff", `\\\\/`, `\u002f`, "\x00\x01", ordinary, `"mid":"m_"`, `{"mid":"m_QUJD","mid":"m_QUJD","text":"` + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + `"}`,
	} {
		f.Add([]byte(s))
	}
	for _, pattern := range []string{"../../messenger/webhook/testdata/webhooks/*.json", "../../messenger/webhook/testdata/*.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		kept := Event(body)
		if len(kept) > len(body)+1 {
			t.Errorf("%d bytes became %d", len(body), len(kept))
		}
		back, err := ReadEvent(kept)
		if err != nil || !bytes.Equal(back, body) {
			t.Fatalf("%q came back as %q (%v)", body, back, err)
		}
	})
}

// FuzzReadEvent: whatever is read, it takes no more memory than it may.
func FuzzReadEvent(f *testing.F) {
	f.Add([]byte{3})
	f.Add(Event(bytes.Repeat([]byte("a"), 1000)))
	f.Fuzz(func(t *testing.T, kept []byte) {
		body, err := ReadEvent(kept)
		if err == nil && len(body) > 2*len(kept)+3*MaxEvent {
			t.Fatalf("%d bytes became %d", len(kept), len(body))
		}
	})
}

// TestDictionaryStays: what was written with a dictionary is read with it for ever.
func TestDictionaryStays(t *testing.T) {
	t.Parallel()
	const want = "f4d5d0a8b7a894c9830bc5d957ea5dcf64b75bcad223c6d3a3f1b82dee5fb495"
	if got := fmt.Sprintf("%x", sha256.Sum256(dictionary1)); got != want {
		t.Errorf("dictionary 1 is another: %s", got)
	}
}

const ordinary = `{"sender":{"id":"2138936755643874"},"recipient":{"id":"443677336169256"},"timestamp":1784297978827,"message":{"mid":"m_JkfFqNF3tAcTWcakUrK1rODOq2GLg0HxP3k-yM__npyhMucySLmZHXhbXMYNgqYG92RIgxfOnKb0tdOuFdULwA","text":"\u306a\u308b\u307b\u3069\u3001\u7d0d\u671f\u306f\u3069\u306e\u304f\u3089\u3044\u3067\u3057\u3087\u3046\u304b\uff1f"}}`

// TestAnEventIsSmall: an ordinary event takes less than half its bytes, of which its ids are most.
func TestAnEventIsSmall(t *testing.T) {
	t.Parallel()
	if kept := Event([]byte(ordinary)); len(kept) > len(ordinary)*2/3 {
		t.Errorf("%d bytes became %d", len(ordinary), len(kept))
	}
}

func BenchmarkEvent(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Event([]byte(ordinary))
	}
	b.ReportMetric(float64(len(Event([]byte(ordinary)))), "bytes")
}

func BenchmarkReadEvent(b *testing.B) {
	kept := Event([]byte(ordinary))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadEvent(kept); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStart is what the dictionary costs each program that starts.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newZip(dictionary1)
	}
}

// TestInABubble: events are read and written in each of several bubbles.
func TestInABubble(t *testing.T) {
	t.Parallel()
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			if back, err := ReadEvent(Event([]byte(ordinary))); err != nil || string(back) != ordinary {
				t.Errorf("came back as %q (%v)", back, err)
			}
		})
	}
}

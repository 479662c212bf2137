package label_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/model/label"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		label, want string
		err         error
	}{
		{label: " VIP ", want: "VIP"},
		{label: "cafe\u0301", want: "café"},
		{label: "\u3000見積もり\u3000", want: "見積もり"},
		{label: strings.Repeat("a", 32), want: strings.Repeat("a", 32)},
		{label: strings.Repeat("あ", 16), want: strings.Repeat("あ", 16)},
		{label: strings.Repeat("a", 33), err: label.ErrLong},
		{label: strings.Repeat("あ", 17), err: label.ErrLong},
		{label: "a" + strings.Repeat("\u0301", 70), err: label.ErrLong},
		{label: " ", err: label.ErrEmpty},
		{label: "\u200b", err: label.ErrEmpty},
		{label: "a\x1b[31m", err: label.ErrControl},
		{label: "a\nb", err: label.ErrControl},
	} {
		got, err := label.Clean(c.label)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q is %q, %v; want %q, %v", c.label, got, err, c.want, c.err)
		}
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{{"VIP", "vip"}, {"ＶＩＰ", "vip"}, {"Café", "CAFE\u0301"}, {"ﾐﾂﾓﾘ", "ミツモリ"}, {" a ", "a"}} {
		if !label.Same(same[0], same[1]) {
			t.Errorf("%q and %q are two", same[0], same[1])
		}
	}
	if label.Same("vip", "vips") || label.Same("cafe", "café") {
		t.Error("different ones are the same")
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40)
	got, err := label.All([]string{"VIP", long, "vip", " 返品 "}, []string{long})
	if err != nil || !slices.Equal(got, []string{"VIP", long, "返品"}) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := label.All([]string{long}, nil); !errors.Is(err, label.ErrLong) {
		t.Errorf("a new one that is too long: %v", err)
	}
	many := make([]string, label.Most+1)
	for i := range many {
		many[i] = strings.Repeat("n", i+1)
	}
	if _, err := label.All(many, nil); !errors.Is(err, label.ErrMany) {
		t.Errorf("too many: %v", err)
	}
	if _, err := label.All(many, many); err != nil {
		t.Errorf("as many as before: %v", err)
	}
}

// TestToggledTwice: what is toggled twice is as it was, but for the order.
func TestToggledTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.SampledFrom([]string{"vip", "VIP", "返品", "a", "Ａ", "b"})
		labels := []string{}
		for _, s := range rapid.SliceOfN(words, 0, 5).Draw(r, "labels") {
			if !label.Has(labels, s) {
				labels = append(labels, s)
			}
		}
		s := words.Draw(r, "toggled")
		once := label.Toggled(labels, s)
		if label.Has(once, s) == label.Has(labels, s) {
			r.Fatalf("%q toggled in %q: %q", s, labels, once)
		}
		twice := label.Toggled(once, s)
		for _, l := range append(slices.Clone(labels), twice...) {
			if !label.Has(labels, l) || !label.Has(twice, l) {
				r.Fatalf("%q became %q", labels, twice)
			}
		}
	})
}

// TestKeyIsStable: the key of a key is itself, and what is cleaned has the key it had.
func TestKeyIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.String().Draw(r, "label")
		if k := label.Key(s); label.Key(k) != k {
			r.Fatalf("%q has the key %q, that %q", s, k, label.Key(k))
		}
		if c, err := label.Clean(s); err == nil && label.Key(c) != label.Key(s) {
			r.Fatalf("%q cleaned is %q: %q, %q", s, c, label.Key(s), label.Key(c))
		}
	})
}

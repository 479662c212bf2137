package phone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"parley/hub/phone"
)

func found(text string, regions ...string) (all []string) {
	for _, n := range phone.NewFinder(regions...).Find(text) {
		all = append(all, strings.TrimSpace(n.E164+" "+n.Extension))
	}
	return all
}

const ours = "+819011112208"

// TestFind: what customers of a Japanese Page write.
func TestFind(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		// Separators, digits, brackets.
		"090-1111-2208": {ours},
		"09011112208":   {ours},
		"０９０－１１１１－２２０８": {ours},
		"090 1111 2208":             {ours},
		"090　1111　2208":             {ours},
		"090\u00a01111\u00a02208":   {ours},
		"090.1111.2208":             {ours},
		"090・1111・2208":             {ours},
		"090/1111/2208":             {ours},
		"090_1111_2208":             {ours},
		"090~1111~2208":             {ours},
		"090〜1111〜2208":             {ours},
		"090ー1111ー2208":             {ours},
		"090ｰ1111ｰ2208":             {ours},
		"090−1111−2208":             {ours},
		"090–1111—2208":             {ours},
		"090‐1111‑2208":             {ours},
		"090の1111の2208":             {ours},
		"090 - 1111 - 2208":         {ours},
		"(090)1111-2208":            {ours},
		"(090) 1111-2208":           {ours},
		"（０９０）１１１１－２２０８":            {ours},
		"090(1111)2208":             {ours},
		"[090] 1111 2208":           {ours},
		"0901111-2208":              {ours},
		"090-11112208":              {ours},
		"\u200e090\u200b-1111-2208": {ours},
		"٠٩٠-١١١١-٢٢٠٨":             {ours},
		"۰۹۰-۱۱۱۱-۲۲۰۸":             {ours},
		"๐๙๐-๑๑๑๑-๒๒๐๘":             {ours},
		"०९०-११११-२२०८":             {ours},
		"𝟘𝟡𝟘-𝟙𝟙𝟙𝟙-𝟚𝟚𝟘𝟠":             {ours},
		// With the country's code.
		"+81 90-1111-2208": {ours},
		"+81-90-1111-2208": {ours},
		"+819011112208":    {ours},
		"＋８１ ９０ １１１１ ２２０８":     {ours},
		"+81 (0)90-1111-2208":  {ours},
		"+81(0)90-1111-2208":   {ours},
		"+81 (0) 90 1111 2208": {ours},
		"+81 090-1111-2208":    {ours},
		"(+81) 90-1111-2208":   {ours},
		"(+81)90-1111-2208":    {ours},
		"0081 90 1111 2208":    {ours},
		"010-81-90-1111-2208":  {ours},
		"tel:+81-90-1111-2208": {ours},
		"＋81-90-1111-2208です":   {ours},
		"+1 (415) 555-2671 です": {"+14155552671"},
		"+44 (0)20 7946 0958":  {"+442079460958"},
		"+66 81 234 5678":      {"+66812345678"},
		"+๖๖ ๘๑ ๒๓๔ ๕๖๗๘ ครับ": {"+66812345678"},
		// With words around.
		"電話番号：090-1111-2208":    {ours},
		"TEL090-1111-2208":      {ours},
		"Tel.090-1111-2208":     {ours},
		"℡090-1111-2208":        {ours},
		"☎090-1111-2208":        {ours},
		"携帯は09011112208です。":     {ours},
		"電話 90-1111-2208":       {ours},
		"090-1111-2208desu":     {ours},
		"090-1111-2208までお願いします": {ours},
		"「090-1111-2208」":       {ours},
		// Beside other figures.
		"090-1111-2208 2個お願いします": {ours},
		// The first of a list.
		"1.090-1111-2208":   {ours},
		"1．090-1111-2208":   {ours},
		"12.(090)1111-2208": {ours},
		"(1)090-1111-2208":  {ours},
		"（1）０９０－１１１１－２２０８": {ours},
		"1)090-1111-2208":             {ours},
		"①090-1111-2208":              {ours},
		"②０９０１１１１２２０８":                {ours},
		"⑴09011112208 ⒉080-1234-5678": {ours, "+818012345678"},
		"20m²09011112208":             {ours},
		"06.1234.5678":                {"+81612345678"},
		"(06)1234-5678":               {"+81612345678"},
		"(0422)21-1234":               {"+81422211234"},
		"〇九〇-一一一一-二二〇八":               {ours},
		"〇九〇一一一一二二〇八です":               {ours},
		"二三日で届きますか、三丁目の一二三です、090-1111-2208": {ours},
		"090-1111-2208 10個お願いします":           {ours},
		"090-1111-2208　2個":                  {ours},
		"090-1111-2208、2個":                  {ours},
		"090-1111-2208 x 2":                 {ours},
		"090-1111-2208×2":                   {ours},
		"090 1111 2208 2個":                  {ours},
		"090-1111-2208 100":                 {ours},
		"09011112208 2":                     {ours},
		"2個 090-1111-2208":                  {ours},
		"2 090-1111-2208":                   {ours},
		"2, 090-1111-2208":                  {ours},
		"12 個、090 1111 2208":                {ours},
		"2026-11-28 090-1111-2208":          {ours},
		"2026/11/28 090-1111-2208":          {ours},
		"2026.11.28 090 1111 2208":          {ours},
		"11/28 090-1111-2208":               {ours},
		"28/11/2026 090 1111 2208":          {ours},
		"11月28日 090-1111-2208":              {ours},
		"２０２６年１１月２８日０９０－１１１１－２２０８": {ours},
		"090-1111-2208 2026-11-28":            {ours},
		"090-1111-2208 11/28 15:00":           {ours},
		"15:00 090-1111-2208":                 {ours},
		"15時 090-1111-2208":                   {ours},
		"〒150-0002 090-1111-2208":             {ours},
		"150-0002 090-1111-2208":              {ours},
		"〒150-0002 渋谷区1-2-3 090-1111-2208":    {ours},
		"渋谷1-2-3 09011112208":                 {ours},
		"090-1111-2208 〒150-0002":             {ours},
		"090-1111-2208 150-0002":              {ours},
		"注文番号 12345678 / 090-1111-2208":       {ours},
		"注文番号:1234567890 電話:090-1111-2208":    {ours},
		"#1002 090-1111-2208":                 {ours},
		"¥12,000 090-1111-2208":               {ours},
		"090-1111-2208 12,000円":               {ours},
		"a@b.example 090-1111-2208":           {ours},
		"090-1111-2208\n2個":                   {ours},
		"2\n090-1111-2208\n150-0002":          {ours},
		"090-1111-2208/03-1234-5678":          {ours, "+81312345678"},
		"090-1111-2208 03-1234-5678":          {ours, "+81312345678"},
		"090 1111 2208 03 1234 5678":          {ours, "+81312345678"},
		"090-1111-2208か080-2222-3333":         {ours, "+818022223333"},
		"090-1111-2208, +81 90 1111 2208":     {ours},
		"090-1111-2208、09011112208、３つ":        {ours},
		"0120-444-444":                        {"+81120444444"},
		"03-1234-5678 内線12":                   {"+81312345678 12"},
		"03-1234-5678（内線：12）":                 {"+81312345678 12"},
		"03-1234-5678 ext. 12":                {"+81312345678 12"},
		"03-1234-5678 x12":                    {"+81312345678 12"},
		"03-1234-5678#12":                     {"+81312345678 12"},
		"fax 03-1234-5678 tel 090-1111-2208。": {"+81312345678", ours},
	} {
		if got := found(text, "JP"); !slices.Equal(got, want) {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

// TestFindNothing: digits that are no telephone number, though some might be.
func TestFindNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "2", "090", "2026-11-28", "2026/11/28 15:00", "20261128", "2026年11月28日", "11/28", "11/28/2026", "28.11.2026 10:00-12:30",
		"〒150-0002", "150-0002", "1500002", "〒１５０－０００２", "150-0002 1個", "渋谷1-2-3-4567", "東京都港区1丁目2番3号 405号室",
		"注文番号 0901111220", "注文番号:09011112208", "注文番号は09011112208です", "order 09011112208", "Order No. 090-1111-2208", "order #09011112208",
		"#09011112208", "No.09011112208", "№ 09011112208", "追跡番号：090-1111-2208", "伝票番号0901-1112-208", "会員ID 09011112208", "ABC-090-1111-2208", "JP09011112208",
		"AB090-1111-2208", "090-1111-2208-A1", "4111-1111-1111-1111", "4111 1111 1111 1111", "1234567890123", "123456789012345678901234567890",
		"¥09011112208", "09011112208円", "1,234,567,890", "2,125,551,234円", "9011112208", "90-1111-2208", "1111-2208", "11112208 2個",
		"192.168.100.200", "https://example.com/090-1111-2208", "https://example.com/?q=09011112208", "090-1111-2208@example.com", "v1.2.3-090",
		"10:00-12:30 2026", "3.14159265", "ISBN 978-4-10-101001-0",
	} {
		if got := found(text, "JP"); len(got) > 0 {
			t.Errorf("%q: found %q", text, got)
		}
	}
}

// TestFindAbroad: the Page's region decides what has no country's code, then others.
func TestFindAbroad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		regions []string
		want    []string
	}{
		{"(415) 555-2671", []string{"US"}, []string{"+14155552671"}},
		{"415-555-2671 2 pcs", []string{"US"}, []string{"+14155552671"}},
		{"1-415-555-2671", []string{"US"}, []string{"+14155552671"}},
		{"415.555.2671 x12", []string{"US"}, []string{"+14155552671 12"}},
		{"94103-1234 415 555 2671", []string{"US"}, []string{"+14155552671"}},
		{"94103 12345", []string{"US"}, nil},
		{"Order 4155552671", []string{"US"}, nil},
		{"(415) 555-2671", []string{"JP"}, nil},
		{"(415) 555-2671", []string{"JP", "US"}, []string{"+14155552671"}},
		{"4155552671", []string{"JP", "US"}, nil},
		{"090-1111-2208", []string{"US", "JP"}, []string{ours}},
		{"090-1111-2208", nil, nil},
		{"+81 90-1111-2208", nil, []string{ours}},
		{"090-1111-2208", []string{"", "XX"}, nil},
		{"01 23 45 67 89", []string{"FR"}, []string{"+33123456789"}},
		{"01.23.45.67.89 2 pièces", []string{"FR"}, []string{"+33123456789"}},
		{"030 12345678 2 Stück", []string{"DE"}, []string{"+493012345678"}},
		{"030 123456 10Stück", []string{"DE"}, []string{"+4930123456"}},
		{"081-234-5678", []string{"TH"}, []string{"+66812345678"}},
		{"๐๘๑-๒๓๔-๕๖๗๘", []string{"TH"}, []string{"+66812345678"}},
		{"٠١٠ ١٢٣٤ ٥٦٧٨ ٩", []string{"EG"}, []string{"+201012345678"}},
		{"٠١٠١٢٣٤٥٦٧٨", []string{"EG"}, []string{"+201012345678"}},
		{"010-1234-5678", []string{"KR"}, []string{"+821012345678"}},
		{"0912-345-678", []string{"TW"}, []string{"+886912345678"}},
		{"138 0013 8000 2个", []string{"CN"}, []string{"+8613800138000"}},
	} {
		if got := found(c.text, c.regions...); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: found %q, want %q", c.text, c.regions, got, c.want)
		}
	}
}

// TestSame: a number in a chat and as the CRM holds it.
func TestSame(t *testing.T) {
	t.Parallel()
	one := phone.NewFinder("JP").Find("090-1111-2208")[0]
	for text, want := range map[string]bool{
		"090-1111-2208": true, "09011112208": true, "+81 90-1111-2208": true, "+81 (0)90 1111 2208": true, "819011112208": true,
		"9011112208": true, "０９０ー１１１１ー２２０８": true, "(090) 1111 2208": true, "0081 90 1111 2208": true, "010 81 90 1111 2208": true,
		"٠٩٠١١١١٢٢٠٨": true, "090-1111-2208 内線 3": true, "tel:+81-90-1111-2208": true, "+81-90-1111-2208;ext=3": true,
		"080-1111-2208": false, "+1 901-111-2208": false, "1111-2208": false, "011112208": false, "+82 90-1111-2208": false,
		"090-1111-22082": false, "190-1111-2208": false, "": false, "none": false,
	} {
		n, _ := phone.Parse(text, "JP")
		if got := one.Same(n); got != want {
			t.Errorf("%q: %v, %+v", text, got, n)
		}
	}
	a, _ := phone.Parse("03-1234-5678 内線12", "JP")
	b, _ := phone.Parse("0312345678x13", "JP")
	if whole, _ := phone.Parse("+81312345678"); a.Same(b) || !a.Same(whole) || !whole.Same(b) {
		t.Error("two extensions of a number are two lines; without one, it is either")
	}
	if (phone.Number{}).Same(phone.Number{}) {
		t.Error("nothing is a line")
	}
	if one.Term != "011112208" || one.Written != "090-1111-2208" {
		t.Errorf("searched for as %q, shown as %q", one.Term, one.Written)
	}
	if mobile := phone.NewFinder().Find("+54 9 11 2345 6789")[0]; !strings.Contains("01115"+"23456789", mobile.Term) {
		t.Errorf("a mobile of Argentina is searched for as %q", mobile.Term)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{
		"Asia/Tokyo": "JP", "America/New_York": "US", "Europe/London": "GB", "Asia/Bangkok": "TH", "Europe/Paris": "FR", "Asia/Seoul": "KR",
		"UTC": "", "": "", "Mars/Base": "",
	} {
		if got := phone.RegionOfZone(zone); got != want {
			t.Errorf("zone %s: %q", zone, got)
		}
	}
	for locale, want := range map[string]string{"ja_JP": "JP", "en-GB": "GB", "es_LA": "", "ar_AR": "", "ja": "", "": "", "th_TH": "TH", "x_YY": ""} {
		if got := phone.RegionOfLocale(locale); got != want {
			t.Errorf("locale %s: %q", locale, got)
		}
	}
	for country, want := range map[string]string{"JP": "JP", "jp": "JP", "Japan": "JP", "United States": "US", "South Korea": "KR", " thailand ": "TH", "Nowhere": "", "": ""} {
		if got := phone.RegionOfCountry(country); got != want {
			t.Errorf("country %s: %q", country, got)
		}
	}
	for tag, want := range map[string]string{"ja": "JP", "ja-JP": "JP", "en": "US", "th": "TH", "": "", "x!": ""} {
		if got := phone.RegionOfLanguage(tag); got != want {
			t.Errorf("language %s: %q", tag, got)
		}
	}
	for text, want := range map[string]string{"電話はこちら": "JP", "네": "KR", "สวัสดี": "TH", "東京": "", "hello 😀": "", "": ""} {
		if got := phone.RegionOfText([]string{"12", text}); got != want {
			t.Errorf("text %s: %q", text, got)
		}
	}
	for number, want := range map[string]string{"+81 3-1234-5678": "JP", "03-1234-5678": "", "+1 415-555-2671": "US", "": ""} {
		if got := phone.RegionOfNumber(number); got != want {
			t.Errorf("number %s: %q", number, got)
		}
	}
}

// TestFindAnywhere: a number is found whatever stands around it and however it is cut, and
// no digit besides ever becomes part of one.
func TestFindAnywhere(t *testing.T) {
	t.Parallel()
	before := []string{"", "電話は", "2個 ", "2026-11-28 ", "〒150-0002 ", "11/28、", "¥1,200 ", "10:30 ", "Ken (", "注文番号 4821 ", "1-2-3 ", "https://example.com/123 ", "\n"}
	after := []string{"", " 2個", "　3つ", "です", "、2", " 10:30", " 150-0002", ")", "。", "\n12", " 2026/11/28", "まで"}
	cuts := []string{"-", " ", "", ".", "ー", "－", "・", "の", "　", "–", "/"}
	zeros := []rune{'0', '０', '٠', '۰', '๐', '०'}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(1000, 9999).Draw(t, "a"), rapid.IntRange(0, 9999).Draw(t, "b")
		cut := rapid.SampledFrom(cuts).Draw(t, "cut")
		zero := rapid.SampledFrom(zeros).Draw(t, "zero")
		number := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, fmt.Sprintf("090%s%04d%s%04d", cut, a, cut, b))
		text := rapid.SampledFrom(before).Draw(t, "before") + number + rapid.SampledFrom(after).Draw(t, "after")
		want := fmt.Sprintf("+8190%04d%04d", a, b)
		if got := found(text, "JP"); !slices.Equal(got, []string{want}) {
			t.Fatalf("%q: found %q, want %s", text, got, want)
		}
	})
}

// FuzzFind: any text ends soon and well, and what is found stands in it.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"090-1111-2208 2個", "+81 (0)90-1111-2208", "٠٩٠ ١١١١", "1 2 3 4 5 6 7 8 9 0", "((((090))))", "+++81", "\xff090"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range phone.NewFinder("JP", "US").Find(text) {
			if len(n.E164) < 7 || len(n.E164) > 17 || n.E164[0] != '+' || !utf8.ValidString(n.Written) {
				t.Errorf("%q: %+v", text, n)
			}
		}
	})
}

// TestFindIsBounded: nothing that a customer writes keeps the hub busy: a finder stops.
func TestFindIsBounded(t *testing.T) {
	t.Parallel()
	f := phone.NewFinder("JP", "US")
	for range 200 {
		f.Find(strings.Repeat("1 ", 4000))
	}
	if got := f.Find("090-1111-2208"); len(got) > 0 {
		t.Error("it looks on for ever")
	}
}

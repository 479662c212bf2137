package look

import (
	"math"
	"strconv"
	"strings"

	"parley/model"
)

// signs are the currencies with an unambiguous sign; the others are named by their code.
var signs = map[string]string{"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}

// whole are currencies without a smaller unit (ISO 4217).
var whole = map[string]bool{"JPY": true, "KRW": true, "VND": true, "CLP": true, "ISK": true, "XAF": true, "XOF": true, "PYG": true, "UGX": true}

// Money formats an amount with its currency: ¥480,000, CHF 1,200.50.
func (l Look) Money(m model.Money) string {
	code := l.Ours(m.Currency)
	places := 2
	if whole[code] || m.Amount == math.Trunc(m.Amount) {
		places = 0
	}
	amount := math.Abs(m.Amount)
	if math.IsNaN(amount) || math.IsInf(amount, 0) || amount >= 1e18 {
		return strings.TrimSpace(code + " " + strconv.FormatFloat(m.Amount, 'g', 6, 64))
	}
	s := grouped(strconv.FormatFloat(amount, 'f', places, 64))
	minus := ""
	if m.Amount < 0 {
		minus = "-"
	}
	if sign, ok := signs[code]; ok && l.Theme.Rule != "-" {
		return minus + sign + s
	}
	return strings.TrimSpace(code + " " + minus + s)
}

// grouped inserts commas between thousands.
func grouped(s string) string {
	head, tail, _ := strings.Cut(s, ".")
	for i := len(head) - 3; i > 0; i -= 3 {
		head = head[:i] + "," + head[i:]
	}
	if tail != "" {
		return head + "." + tail
	}
	return head
}

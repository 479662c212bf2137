package crm

import "testing"

func TestAmounts(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]float64{"480000": 480000, "480,000": 480000, "￥４８０，０００": 480000, "48万": -1, "1200.50": 1200.5, "€ 1 200": 1200, "480000円": 480000, "-3": -1, "NaN": -1, "1e400": -1, "": -1} {
		got, ok := amountIn(in)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v %v", in, got, ok)
		}
	}
}

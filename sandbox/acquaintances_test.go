package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

// Customers tell their own number and address, by which some are found in Pipedrive.
func TestCustomersAreFoundByWhatTheyTell(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Seed: 3, Customers: 30, History: 200})
	var told int
	b.mu.Lock()
	for _, m := range b.world.messages {
		if strings.Contains(m.text, "{") {
			t.Errorf("written: %s", m.text)
		}
		if strings.Contains(m.text, m.owner.phone) || strings.Contains(m.text, m.owner.email) {
			told++
		}
	}
	known := map[string]bool{}
	for _, c := range b.world.living {
		known[c.phone], known[c.email] = true, true
	}
	b.mu.Unlock()
	if told == 0 {
		t.Error("nobody tells anything")
	}
	for _, term := range []string{customerPhone(0), customerPhone(2), customerPhone(4), customerPhone(8), "ken@example.com", "marta.ruiz@example.es"} {
		req, _ := http.NewRequest(http.MethodGet, b.Info().PipedriveURL+"/api/v2/itemSearch?fields=phone,email&term="+term, nil)
		req.Header.Set("X-Api-Token", b.Info().PipedriveToken)
		if r := b.ok(b.do(req)); !known[term] || !strings.Contains(string(r.raw), `"type":"person"`) {
			t.Errorf("%s: known %t, %s", term, known[term], r.raw)
		}
	}
}

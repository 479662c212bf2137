package sandbox

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// Some customers stand in Pipedrive with the number or the address that they tell.
func TestPipedriveKnowsSomeCustomers(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Seed: 3, Customers: 30})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	defer func() { _ = s.Run(ctx) }() // closes what it listens on
	raw, err := json.Marshal(s.crm.Records())
	if err != nil {
		t.Fatal(err)
	}
	book, living := string(raw), s.customers.Living()
	has := func(what string) bool { return strings.Contains(book, `"value":"`+what+`"`) }
	for _, n := range []int{0, 2, 4, 8} {
		if c := living[n]; !has(c.Phone) {
			t.Errorf("nobody has the number of %s, %s", c.Person.Name, c.Phone)
		}
	}
	for _, n := range []int{1, 3} {
		if c := living[n]; !has(c.Email) {
			t.Errorf("nobody has the address of %s, %s", c.Person.Name, c.Email)
		}
	}
	for n := len(living) - 20; n < len(living); n += 3 { // of those past the ten known by name, every third
		if c := living[n]; !has(c.Phone) {
			t.Errorf("nobody has the number of %s, %s", c.Person.Name, c.Phone)
		}
	}
}

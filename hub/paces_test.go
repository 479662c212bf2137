package hub_test

import (
	"testing"
	"time"

	"parley/model"
)

// Whoever has Facebook asked all the time waits for it, and nobody else does.
func TestWhoHasFacebookAskedTakesTheirTurn(t *testing.T) {
	for name, ask := range map[string]func(w *world, u model.User) error{
		"doctor": func(w *world, u model.User) error {
			_, err := w.hub.Doctor(w.ctx, u, page)
			return err
		},
		"greeting": func(w *world, u model.User) error {
			_, err := w.hub.Greetings(w.ctx, u, page)
			return err
		},
		"check": func(w *world, u model.User) error {
			_, err := w.hub.CheckPage(w.ctx, u, page, false)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.connect(w.ann, model.Shared)
				took := func(u model.User, times int) time.Duration {
					began := now()
					for range times {
						w.must(ask(w, u))
					}
					return now().Sub(began)
				}
				if d := took(w.cat, 20); d > time.Second {
					t.Errorf("the first took %s", d)
				}
				if d := took(w.cat, 50); d < 9*time.Second {
					t.Errorf("fifty more took %s", d)
				}
				if d := took(w.ann, 5); d > time.Second {
					t.Errorf("another waited %s", d)
				}
			})
		})
	}
}

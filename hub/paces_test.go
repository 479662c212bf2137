package hub_test

import (
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

// Whoever has Facebook asked all the time waits for it, and nobody else does.
func TestWhoHasFacebookAskedTakesTheirTurn(t *testing.T) {
	for name, ask := range map[string]func(w *hubtest.World, u model.User) error{
		"doctor": func(w *hubtest.World, u model.User) error {
			_, err := w.Hub.Doctor(w.Ctx, u, page)
			return err
		},
		"greeting": func(w *hubtest.World, u model.User) error {
			_, err := w.Hub.Greetings(w.Ctx, u, page)
			return err
		},
		"check": func(w *hubtest.World, u model.User) error {
			_, err := w.Hub.CheckPage(w.Ctx, u, page, false)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.Connect(w.Ann, model.Shared)
				took := func(u model.User, times int) time.Duration {
					began := hubtest.Now()
					for range times {
						w.Must(ask(w, u))
					}
					return hubtest.Now().Sub(began)
				}
				if d := took(w.Cat, 20); d > time.Second {
					t.Errorf("the first took %s", d)
				}
				if d := took(w.Cat, 50); d < 9*time.Second {
					t.Errorf("fifty more took %s", d)
				}
				if d := took(w.Ann, 5); d > time.Second {
					t.Errorf("another waited %s", d)
				}
			})
		})
	}
}

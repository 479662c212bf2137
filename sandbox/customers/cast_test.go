package customers

import (
	"testing"

	"parley/sandbox/seeded"
)

func TestHalfTheCastIsJapanese(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := seeded.Stream(seed, "cast")
		japanese := 0
		for i := range 100 {
			if cast(rng, i).Lang == "ja" {
				japanese++
			}
		}
		if japanese < 50 {
			t.Errorf("seed %d: only %d of 100 write Japanese", seed, japanese)
		}
	}
}

package settings

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"

	"parley/cmd/cli"
)

// choosable are the settings that the user can change on the screen.
var choosable = []string{"theme", "mouse", "list_width", "panel_width", "guide_line"}

// ErrOverridden is that a setting is set elsewhere, so that what the screen keeps has no effect.
var ErrOverridden = errors.New("set elsewhere")

// chosenPath returns the path of the file with what the user changed on the screen.
func chosenPath(p *cli.Program) string { return filepath.Join(p.StateDir(), "screen.toml") }

// loadChosen reads what the user changed on the screen. It is as good as a default: whatever is
// set otherwise takes precedence. A file that can't be read is as good as none.
func loadChosen(p *cli.Program) *koanf.Koanf {
	k := koanf.New(".")
	b, err := os.ReadFile(chosenPath(p))
	if err != nil {
		return k
	}
	values, err := toml.Parser().Unmarshal(b)
	if err != nil {
		return k
	}
	for key := range values {
		if !slices.Contains(choosable, key) {
			delete(values, key)
		}
	}
	if name, ok := values["theme"].(string); ok && !slices.Contains(Themes(p), name) {
		delete(values, "theme") // it is gone
	}
	_ = k.Load(confmap.Provider(values, ""), nil) // a map in memory
	return k
}

// Choose keeps a setting that the user changed on the screen, for the next start. The error is
// [ErrOverridden] if it has no effect then.
func Choose(p *cli.Program, name string, value any) error {
	l, err := ReadLayers(p, nil, "")
	if err != nil {
		return err
	}
	if l.File.Exists(name) || l.variables.Exists(name) {
		return ErrOverridden
	}
	k := loadChosen(p)
	if err := k.Set(name, value); err != nil {
		return err
	}
	b, err := toml.Parser().Marshal(k.Raw())
	if err != nil {
		return err
	}
	path := chosenPath(p)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, b, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

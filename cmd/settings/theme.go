package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"

	"parley/cmd/cli"
	"parley/i18n"
	"parley/ui/theme"
)

// themeFile is how the name of a theme's file ends.
const themeFile = ".toml"

// themesDir returns the folder of the user's themes; "" over SSH, where files are the hub's.
func themesDir(p *cli.Program) string {
	if p.Seat != nil {
		return ""
	}
	return filepath.Join(filepath.Dir(cli.ConfigPath()), "themes")
}

// Themes returns the names of all themes: the built-in ones, and those of the user's folder.
func Themes(p *cli.Program) []string {
	names := theme.BuiltIn()
	if dir := themesDir(p); dir != "" {
		files, _ := os.ReadDir(dir) // without the folder there are none
		for _, f := range files {
			name, ok := strings.CutSuffix(f.Name(), themeFile)
			if ok && !slices.Contains(names, name) && !f.IsDir() {
				names = append(names, name)
			}
		}
	}
	return names
}

// ThemeOf returns the theme of a name, or of a file. The error is in the user's words: each fault
// of the file with its line.
func ThemeOf(p *cli.Program, name string) (theme.Scheme, error) {
	if s, ok := theme.Named(name); ok {
		return s, nil
	}
	path, dir := name, themesDir(p)
	if !strings.HasSuffix(name, themeFile) && !strings.ContainsRune(name, filepath.Separator) {
		path = filepath.Join(dir, name+themeFile)
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, _ := os.UserHomeDir()
		path = filepath.Join(home, rest)
	}
	b, err := os.ReadFile(path)
	switch {
	case dir == "", errors.Is(err, fs.ErrNotExist):
		pairs := []any{"Name", cli.Plain(name), "File", cli.Plain(path)}
		if meant := cli.Meant(name, Themes(p)); meant != "" {
			return theme.Scheme{}, cli.Usage(p.Words.Say(i18n.ErrThemeUnknownMeant, append(pairs, "Meant", cli.Plain(meant))...))
		}
		return theme.Scheme{}, cli.Usage(p.Words.Say(i18n.ErrThemeUnknown, pairs...))
	case err != nil:
		return theme.Scheme{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	return readTheme(p, name, path, b)
}

// mostTheme is how many bytes a theme's file may have.
const mostTheme = 64 << 10

func readTheme(p *cli.Program, name, path string, b []byte) (theme.Scheme, error) {
	text, err := p.Text(b[:min(len(b), mostTheme)], "")
	if err != nil {
		return theme.Scheme{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", path+": "+p.Failure(err).Say))
	}
	parsed, err := toml.Parser().Unmarshal([]byte(text))
	if err != nil {
		return theme.Scheme{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(path+": "+err.Error())))
	}
	values := make(map[string]string, len(parsed))
	for key, value := range parsed {
		values[key] = fmt.Sprint(value)
	}
	s, wrong := theme.Read(name, values)
	var said []string
	for _, w := range wrong {
		said = append(said, themeFault(p, path, lineOf(text, w.Key), w))
	}
	if len(said) > 0 {
		return theme.Scheme{}, cli.Usage(strings.Join(said, "\n"))
	}
	return s, nil
}

// themeFault words what is wrong on a line of a theme's file.
func themeFault(p *cli.Program, path string, line int, w theme.Problem) string {
	pairs := []any{"File", cli.Plain(path), "Line", line, "Key", cli.Plain(w.Key), "Value", cli.Plain(w.Value)}
	switch w.Fault {
	case theme.UnknownToken:
		if meant := cli.Meant(w.Key, theme.Keys()); meant != "" {
			return p.Words.Say(i18n.ErrThemeTokenMeant, append(pairs, "Meant", meant)...)
		}
		return p.Words.Say(i18n.ErrThemeToken, pairs...)
	case theme.UnknownBase:
		return p.Words.Say(i18n.ErrThemeBase, append(pairs, "Names", strings.Join(theme.BuiltIn(), ", "))...)
	case theme.NoColour:
	}
	return p.Words.Say(i18n.ErrThemeColour, pairs...)
}

// lineOf returns the line on which a key of a file without tables stands.
func lineOf(text, key string) int {
	for i, line := range strings.Split(text, "\n") {
		name, _, ok := strings.Cut(line, "=")
		if ok && strings.Trim(name, " \t\"'") == key {
			return i + 1
		}
	}
	return 1
}

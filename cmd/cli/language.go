package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/knadh/koanf/parsers/toml/v2"
)

// LangKey is the setting of the language.
const LangKey = "lang"

// LangVariable says the language, over what config.toml says.
const LangVariable = "PARLEY_LANG"

// LocaleVariables are those of the system that say the language, the earlier over the later.
func LocaleVariables() []string { return []string{"LC_ALL", "LC_MESSAGES", "LANG"} }

// Languages returns the wanted languages, most wanted first. Flag and file are looked up
// before either is parsed, so that what they are refused with is in that language.
func (p *Program) Languages(args []string) []string {
	langs := append(valuesOfFlag(args, "--lang"), p.Getenv(LangVariable), p.langOfFile(args))
	for _, name := range LocaleVariables() {
		langs = append(langs, p.Getenv(name))
	}
	return langs
}

// valuesOfFlag are those that a flag is given.
func valuesOfFlag(args []string, flag string) []string {
	var values []string
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, flag+"="); ok {
			values = append(values, v)
		}
		if a == flag && i+1 < len(args) {
			values = append(values, args[i+1])
		}
	}
	return values
}

// langOfFile is what config.toml says; nothing where it can't be read, which is said when
// the settings are.
func (p *Program) langOfFile(args []string) string {
	if p.Seat != nil { // it is the hub's, not the user's
		return ""
	}
	path := ConfigPath()
	if named := valuesOfFlag(args, "--config"); len(named) > 0 {
		path = named[0]
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	values, err := toml.Parser().Unmarshal(b)
	if err != nil {
		return ""
	}
	lang, _ := values[LangKey].(string)
	return lang
}

// ConfigPath is where the settings are.
func ConfigPath() string { return filepath.Join(xdg.ConfigHome, "parley", "config.toml") }

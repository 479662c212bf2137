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

// LangVariable sets the language; it takes precedence over config.toml.
const LangVariable = "PARLEY_LANG"

// LocaleVariables returns the system's variables for the language, in order of precedence.
func LocaleVariables() []string { return []string{"LC_ALL", "LC_MESSAGES", "LANG"} }

// Languages returns the wanted languages, most wanted first. It looks up flag and file before
// either is parsed, so that errors about them are in that language.
func (p *Program) Languages(args []string) []string {
	langs := append(valuesOfFlag(args, "--lang"), p.Getenv(LangVariable), p.langOfFile(args))
	for _, name := range LocaleVariables() {
		langs = append(langs, p.Getenv(name))
	}
	return langs
}

// valuesOfFlag returns the values given for a flag.
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

// langOfFile returns the language set in config.toml; "" if it can't be read, which is reported
// when the settings are read.
func (p *Program) langOfFile(args []string) string {
	if p.Seat != nil { // the file is the hub's, not the user's
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

// ConfigPath returns the path of the settings file.
func ConfigPath() string { return filepath.Join(xdg.ConfigHome, "parley", "config.toml") }

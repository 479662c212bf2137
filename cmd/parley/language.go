package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/knadh/koanf/parsers/toml/v2"
)

// langKey is the setting of the language.
const langKey = "lang"

// langVariable says the language, over what config.toml says.
const langVariable = "PARLEY_LANG"

// localeVariables are those of the system that say the language, the earlier over the later.
func localeVariables() []string { return []string{"LC_ALL", "LC_MESSAGES", "LANG"} }

// languages returns the wanted languages, most wanted first. Flag and file are looked up
// before either is parsed, so that what they are refused with is in that language.
func (p *program) languages(args []string) []string {
	langs := append(valuesOfFlag(args, "--lang"), p.getenv(langVariable), p.langOfFile(args))
	for _, name := range localeVariables() {
		langs = append(langs, p.getenv(name))
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
func (p *program) langOfFile(args []string) string {
	if p.seat != nil { // it is the hub's, not the user's
		return ""
	}
	path := configPath()
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
	lang, _ := values[langKey].(string)
	return lang
}

// configPath is where the settings are.
func configPath() string { return filepath.Join(xdg.ConfigHome, "parley", "config.toml") }

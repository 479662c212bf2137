package main

import (
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/i18n"
)

// from is a place that a setting comes from.
type from string

// The places, and what they are called in JSON.
const (
	fromFlag     from = "flag"
	fromVariable from = "variable"
	fromFile     from = "config.toml"
	fromLogin    from = "login"
	fromDefault  from = "default"
)

// origin is where a setting comes from; name is that of the variable or the file.
type origin struct {
	from from
	name string
}

// origin tells which layer a setting comes from.
func (l layers) origin(key string) origin {
	switch {
	case l.flags.Exists(key):
		return origin{from: fromFlag}
	case l.variables.Exists(key):
		return origin{from: fromVariable, name: variableOf(key)}
	case l.file.Exists(key):
		return origin{from: fromFile, name: l.path}
	}
	return origin{from: fromDefault}
}

// variableOf is the variable that sets a setting.
func variableOf(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// secret tells whether a setting's value is never shown.
func secret(key string) bool {
	switch key {
	case "master_key", "meta_app_secret", "meta_app_secret_old", "meta_verify_token", "token",
		"pipedrive_token", "pipedrive_client_secret", "metrics_token":
		return true
	}
	return false
}

// setting is one setting as config shows it.
type setting struct {
	Name string `json:"name"`
	// Value is empty for a secret.
	Value    string `json:"value"`
	Secret   bool   `json:"secret"`
	Set      bool   `json:"set"`
	From     from   `json:"from"`
	Variable string `json:"variable"`
	// place is the variable or the file that it comes from.
	place string
}

func (p *program) configCommand() *cobra.Command {
	var config string
	flags := newHubFlags()
	cmd := &cobra.Command{
		Use: "config", Short: p.words.Say(i18n.ConfigShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.config(flags.given(cmd), config)
		},
	}
	p.addHubFlags(cmd, flags)
	cmd.Flags().StringVar(&config, "config", "", p.words.Say(i18n.FlagConfig))
	return cmd
}

// config shows every setting as a command with those flags would have it.
func (p *program) config(flags map[string]any, file string) error {
	l, s, err := p.layered(flags, file)
	if err != nil {
		return err
	}
	a, err := p.accessBy(l, s)
	if err != nil {
		return err
	}
	s.Hub = a.hub
	all := []setting{p.langSetting(l)}
	for _, v := range valuesOf("", reflect.ValueOf(s)) {
		o := l.origin(v.key)
		switch v.key {
		case langKey:
			continue
		case "hub":
			o = a.hubFrom
		case "token":
			o = a.tokenFrom
		}
		all = append(all, shownSetting(v, o))
	}
	return p.print(struct {
		Settings []setting `json:"settings"`
		File     string    `json:"config_file"`
	}{all, l.path}, func() { p.settingList(all, l.path) })
}

// langSetting is the language, which is found before the settings are read.
func (p *program) langSetting(l layers) setting {
	v := value{langKey, "en"}
	if p.words.Japanese() {
		v.text = "ja"
	}
	if p.lang != "" {
		return shownSetting(v, origin{from: fromFlag})
	}
	if p.getenv(langVariable) != "" {
		return shownSetting(v, origin{from: fromVariable, name: langVariable})
	}
	if l.file.String(v.key) != "" {
		return shownSetting(v, origin{from: fromFile, name: l.path})
	}
	for _, name := range localeVariables() {
		if p.getenv(name) != "" {
			return shownSetting(v, origin{from: fromVariable, name: name})
		}
	}
	return shownSetting(v, origin{from: fromDefault})
}

// value is a setting's value in words.
type value struct{ key, text string }

// valuesOf returns the values of settings, in the order in which they are declared.
func valuesOf(prefix string, v reflect.Value) []value {
	var out []value
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue // a flag alone sets it
		}
		key := prefix + v.Type().Field(i).Tag.Get("koanf")
		switch field := v.Field(i).Interface().(type) {
		case string:
			out = append(out, value{key, field})
		case bool:
			out = append(out, value{key, strconv.FormatBool(field)})
		case []string:
			out = append(out, value{key, strings.Join(field, ",")})
		case map[string][]string:
			for _, id := range slices.Sorted(maps.Keys(field)) {
				out = append(out, value{key + "." + id, strings.Join(field[id], ",")})
			}
		case time.Duration:
			out = append(out, value{key, field.String()})
		case []time.Duration:
			var each []string
			for _, d := range field {
				each = append(each, d.String())
			}
			out = append(out, value{key, strings.Join(each, ",")})
		default:
			out = append(out, valuesOf(key+".", v.Field(i))...)
		}
	}
	return out
}

// shownSetting is a setting without what must not be shown of it.
func shownSetting(v value, o origin) setting {
	s := setting{
		Name: v.key, Value: v.text, Secret: secret(v.key), From: o.from, Variable: variableOf(v.key), place: o.name,
		Set: v.text != "" || o.from == fromLogin,
	}
	if strings.Contains(v.text, "://") {
		u, err := url.Parse(v.text)
		if err == nil {
			s.Value = u.Redacted() // a database's URL may hold a password
		} else {
			s.Secret = true
		}
	}
	if s.Secret {
		s.Value = ""
	}
	return s
}

func (p *program) settingList(all []setting, file string) {
	var t table
	for _, s := range all {
		shown := plain(s.Value).String()
		switch {
		case !s.Set:
			shown = p.words.Say(i18n.SettingNotSet)
		case s.Secret:
			shown = p.words.Say(i18n.SettingSet)
		}
		t.row(s.Name, shown, p.origin(s))
	}
	p.table(t)
	said := i18n.ConfigFile
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		said = i18n.ConfigNoFile
	}
	p.say(said, "File", plain(file))
}

func (p *program) origin(s setting) string {
	switch s.From {
	case fromFlag:
		return p.words.Say(i18n.FromFlag)
	case fromVariable:
		return s.place
	case fromLogin:
		return p.words.Say(i18n.FromLogin)
	case fromDefault:
		return p.words.Say(i18n.FromDefault)
	case fromFile:
	}
	return string(fromFile)
}

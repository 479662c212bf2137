package main

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"parley/i18n"
)

// configCommands shows the settings.
type configCommands struct{ *program }

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

func (p *configCommands) configCommand() *cobra.Command {
	var config string
	flags := newHubFlags()
	cmd := &cobra.Command{
		Use: "config", Short: p.words.Say(i18n.ConfigShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.config(flags.given(cmd), config)
		},
	}
	addHubFlags(p.program, cmd, flags)
	cmd.Flags().StringVar(&config, "config", "", p.words.Say(i18n.FlagConfig))
	return cmd
}

// config shows every setting as a command with those flags would have it.
func (p *configCommands) config(flags map[string]any, file string) error {
	l, s, err := layered(p.program, flags, file)
	if err != nil {
		return err
	}
	a, err := accessBy(p.program, l, s)
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
func (p *configCommands) langSetting(l layers) setting {
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

func (p *configCommands) settingList(all []setting, file string) {
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

func (p *configCommands) origin(s setting) string {
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

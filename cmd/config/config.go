// Package config has the command that shows the settings.
package config

import (
	"errors"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/cmd/server"
	"parley/cmd/settings"
	"parley/i18n"
)

// commands shows the settings.
type commands struct{ *cli.Program }

// New returns the command that shows the settings.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{p.ToHub(c.configCommand())}
}

// secret reports whether a setting's value is never shown.
func secret(key string) bool {
	switch key {
	case "master_key", "meta_app_secret", "meta_app_secret_old", "meta_verify_token", "token",
		"pipedrive_token", "pipedrive_client_secret", "metrics_token":
		return true
	}
	return false
}

// setting is one setting as the command shows it.
type setting struct {
	Name string `json:"name"`
	// Value is empty for a secret.
	Value    string        `json:"value"`
	Secret   bool          `json:"secret"`
	Set      bool          `json:"set"`
	From     settings.From `json:"from"`
	Variable string        `json:"variable"`
	// place is the variable or the file that it was set by.
	place string
}

func (p *commands) configCommand() *cobra.Command {
	var config string
	flags := server.NewFlags()
	cmd := &cobra.Command{
		Use: "config", Short: p.Words.Say(i18n.ConfigShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.config(flags.Given(cmd), config)
		},
	}
	server.AddFlags(p.Program, cmd, flags)
	cmd.Flags().StringVar(&config, "config", "", p.Words.Say(i18n.FlagConfig))
	return cmd
}

// config shows every setting as a command with those flags would use it.
func (p *commands) config(flags map[string]any, file string) error {
	l, s, err := remote.Layered(p.Program, flags, file)
	if err != nil {
		return err
	}
	a, err := remote.AccessBy(p.Program, l, s)
	if err != nil {
		return err
	}
	s.Hub = a.Hub
	all := []setting{p.langSetting(l)}
	for _, v := range settings.ValuesOf("", reflect.ValueOf(s)) {
		o := l.Origin(v.Key)
		switch v.Key {
		case cli.LangKey:
			continue
		case "hub":
			o = a.HubFrom
		case "token":
			o = a.TokenFrom
		}
		all = append(all, shownSetting(v, o))
	}
	return p.Print(struct {
		Settings []setting `json:"settings"`
		File     string    `json:"config_file"`
	}{all, l.Path}, func() { p.settingList(all, l.Path) })
}

// langSetting returns the language, which is found before the settings are read.
func (p *commands) langSetting(l settings.Layers) setting {
	v := settings.Value{Key: cli.LangKey, Text: "en"}
	if p.Words.Japanese() {
		v.Text = "ja"
	}
	if p.Lang != "" {
		return shownSetting(v, settings.Origin{From: settings.FromFlag})
	}
	if p.Getenv(cli.LangVariable) != "" {
		return shownSetting(v, settings.Origin{From: settings.FromVariable, Name: cli.LangVariable})
	}
	if l.File.String(v.Key) != "" {
		return shownSetting(v, settings.Origin{From: settings.FromFile, Name: l.Path})
	}
	for _, name := range cli.LocaleVariables() {
		if p.Getenv(name) != "" {
			return shownSetting(v, settings.Origin{From: settings.FromVariable, Name: name})
		}
	}
	return shownSetting(v, settings.Origin{From: settings.FromDefault})
}

// shownSetting returns a setting without what must not be shown.
func shownSetting(v settings.Value, o settings.Origin) setting {
	s := setting{
		Name: v.Key, Value: v.Text, Secret: secret(v.Key), From: o.From, Variable: settings.VariableOf(v.Key), place: o.Name,
		Set: v.Text != "" || o.From == settings.FromLogin,
	}
	if strings.Contains(v.Text, "://") {
		s.Value = settings.Shown(v.Text) // a database's address may have a password
	}
	if s.Secret {
		s.Value = ""
	}
	return s
}

func (p *commands) settingList(all []setting, file string) {
	var t cli.Table
	for _, s := range all {
		shown := cli.Plain(s.Value).String()
		switch {
		case !s.Set:
			shown = p.Words.Say(i18n.SettingNotSet)
		case s.Secret:
			shown = p.Words.Say(i18n.SettingSet)
		}
		t.Row(s.Name, shown, p.origin(s))
	}
	p.Table(t)
	said := i18n.ConfigFile
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		said = i18n.ConfigNoFile
	}
	p.Say(said, "File", cli.Plain(file))
}

func (p *commands) origin(s setting) string {
	switch s.From {
	case settings.FromFlag:
		return p.Words.Say(i18n.FromFlag)
	case settings.FromVariable:
		return s.place
	case settings.FromLogin:
		return p.Words.Say(i18n.FromLogin)
	case settings.FromDefault:
		return p.Words.Say(i18n.FromDefault)
	case settings.FromScreen:
		return p.Words.Say(i18n.FromScreen)
	case settings.FromFile:
	}
	return string(settings.FromFile)
}

package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model/notify"
)

func (p *commands) notifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "notify [NAME=VALUE]...", Short: p.Words.Say(i18n.NotifyShort), Long: p.Words.Say(i18n.NotifyLong),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			prefs, err := c.Notifications(cmd.Context())
			if err != nil {
				return err
			}
			if len(args) > 0 {
				change, err := p.changeOf(prefs, args)
				if err != nil {
					return err
				}
				if prefs, err = c.ChangeNotifications(cmd.Context(), change); err != nil {
					return err
				}
			}
			return p.Print(prefs, func() { p.preferences(prefs) })
		},
	}
}

// changeOf reads what is to be changed.
func (p *commands) changeOf(was notify.Preferences, args []string) (notify.Change, error) {
	var c notify.Change
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		var err error
		switch k := notify.Kind(name); {
		case k.Known():
			var on *bool
			if on, err = p.onOff(value); err == nil {
				was = was.Turned(k, *on)
				kinds := append([]notify.Kind{}, was.Kinds...)
				c.Kinds = &kinds
			}
		case name == "content":
			c.Content, err = p.onOff(value)
		case name == "quiet_weekends":
			c.QuietWeekends, err = p.onOff(value)
		case name == "quiet_hours":
			hours := value
			if hours == "off" {
				hours = ""
			}
			c.QuietHours = &hours
		case name == "mail":
			c.Mail, err = p.onOff(value)
		case name == "every":
			n, bad := strconv.Atoi(strings.TrimSuffix(value, "s"))
			if bad != nil {
				err = cli.Usage(p.Words.Say(i18n.NotifyEvery))
			}
			c.Every = &n
		case name == "method":
			method := notify.Method(value)
			c.Method = &method
			err = p.OneOf(value, texts(notify.Methods())...)
		case name == "when":
			when := notify.When(value)
			c.When = &when
			err = p.OneOf(value, string(notify.Blurred), string(notify.Always))
		default:
			err = p.OneOf(name, notifyNames()...)
		}
		if err != nil {
			return c, err
		}
	}
	if _, err := c.Of(was); err != nil {
		return c, cli.Usage(p.Words.Say(i18n.NotifyHours))
	}
	return c, nil
}

// onOff reads a switch.
func (p *commands) onOff(value string) (*bool, error) {
	if err := p.OneOf(value, "on", "off"); err != nil {
		return nil, err
	}
	on := value == "on"
	return &on, nil
}

// notifyNames are the names of what can be changed.
func notifyNames() []string {
	return slices.Concat(texts(notify.Kinds()), []string{"content", "quiet_hours", "quiet_weekends", "when", "method", "every", "mail"})
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// preferences prints them as they are set.
func (p *commands) preferences(prefs notify.Preferences) {
	onOff := func(on bool) string {
		if on {
			return "on"
		}
		return "off"
	}
	hours := prefs.QuietHours
	if hours == "" {
		hours = "off"
	}
	var t cli.Table
	for _, k := range notify.Kinds() {
		t.Row(string(k)+"="+onOff(prefs.On(k)), p.Words.Say(i18n.AlertKind(string(k))))
	}
	t.Row("content="+onOff(prefs.Content), p.Words.Say(i18n.AlertWithContent))
	t.Row("quiet_hours="+cli.Plain(hours).String(), p.Words.Say(i18n.AlertQuietHours))
	t.Row("quiet_weekends="+onOff(prefs.QuietWeekends), p.Words.Say(i18n.AlertQuietWeekends))
	t.Row("when="+string(prefs.When), p.Words.Say(i18n.NotifyWhen))
	t.Row("method="+string(prefs.Method), p.Words.Say(i18n.AlertMethod))
	t.Row("every="+strconv.Itoa(prefs.Every)+"s", p.Words.Say(i18n.NotifyEveryShort))
	t.Row("mail="+onOff(prefs.Mail), p.Words.Say(i18n.AlertMail))
	p.Table(t)
}

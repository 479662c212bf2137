package main

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// greetingFlags are those of page greeting.
type greetingFlags struct {
	text, locale, name string
	set, named         bool
	remove, preview    bool
}

func (p *pageCommands) pageGreetingCommand() *cobra.Command {
	var g greetingFlags
	cmd := &cobra.Command{
		Use: "greeting PAGE", Short: p.words.Say(i18n.GreetingShort), Long: p.words.Say(i18n.GreetingLong), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g.set, g.named = cmd.Flags().Changed("set"), cmd.Flags().Changed("locale")
			if g.set && g.remove {
				return usage(p.words.Say(i18n.GreetingOne))
			}
			return p.greeting(cmd.Context(), model.PageID(args[0]), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&g.text, "set", "", p.words.Say(i18n.FlagGreetingSet))
	f.StringVar(&g.locale, "locale", model.DefaultLocale, p.words.Say(i18n.FlagGreetingLocale))
	f.BoolVar(&g.remove, "delete", false, p.words.Say(i18n.FlagGreetingDelete))
	f.BoolVar(&g.preview, "preview", false, p.words.Say(i18n.FlagGreetingShow))
	f.StringVar(&g.name, "name", p.words.Say(i18n.GreetingSample), p.words.Say(i18n.FlagGreetingName))
	return cmd
}

// greeting shows a Page's greetings, after it changed them if that is asked.
func (p *pageCommands) greeting(ctx context.Context, page model.PageID, g greetingFlags) error {
	c, err := openRemote(p.program)
	if err != nil {
		return err
	}
	defer c.Close()
	all, done, err := changeGreeting(ctx, c, page, g)
	if err != nil {
		return err
	}
	if g.preview {
		for i, one := range all {
			all[i].Text = one.Preview(model.Untrusted(g.name))
		}
	}
	return p.print(struct {
		Greetings []model.Greeting `json:"greetings"`
	}{all}, func() {
		if done != "" {
			p.say(done)
		}
		p.greetings(all)
	})
}

func changeGreeting(ctx context.Context, c *client.Client, page model.PageID, g greetingFlags) (all []model.Greeting, done i18n.ID, err error) {
	switch {
	case g.set:
		all, err = c.SetGreeting(ctx, page, model.Greeting{Locale: g.locale, Text: model.Untrusted(g.text)})
		return all, i18n.GreetingSet, err
	case g.remove && g.named:
		all, err = c.DeleteGreeting(ctx, page, g.locale)
		return all, i18n.GreetingDeleted, err
	case g.remove:
		all, err = c.DeleteGreeting(ctx, page, "")
		return all, i18n.GreetingDeleted, err
	}
	all, err = c.Greetings(ctx, page)
	return all, "", err
}

func (p *pageCommands) greetings(all []model.Greeting) {
	if len(all) == 0 {
		p.say(i18n.GreetingNone)
		return
	}
	var t table
	for _, g := range all {
		t.row(plain(g.Locale).String(), safe.LineN(g.Text, 2*model.GreetingLimit).String())
	}
	p.table(t)
}

package page

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// greetingFlags are the flags of page greeting.
type greetingFlags struct {
	text, locale, name string
	set, named         bool
	remove, preview    bool
}

func (p *commands) pageGreetingCommand() *cobra.Command {
	var g greetingFlags
	cmd := &cobra.Command{
		Use: "greeting [PAGE]", Short: p.Words.Say(i18n.GreetingShort), Long: p.Words.Say(i18n.GreetingLong), Args: p.AtMost(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferPages),
		RunE: func(cmd *cobra.Command, args []string) error {
			g.set, g.named = cmd.Flags().Changed("set"), cmd.Flags().Changed("locale")
			if g.set && g.remove {
				return cli.Usage(p.Words.Say(i18n.GreetingOne))
			}
			return p.greeting(cmd.Context(), args, g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&g.text, "set", "", p.Words.Say(i18n.FlagGreetingSet))
	f.StringVar(&g.locale, "locale", model.DefaultLocale, p.Words.Say(i18n.FlagGreetingLocale))
	f.BoolVar(&g.remove, "delete", false, p.Words.Say(i18n.FlagGreetingDelete))
	f.BoolVar(&g.preview, "preview", false, p.Words.Say(i18n.FlagGreetingPreview))
	f.StringVar(&g.name, "name", p.Words.Say(i18n.GreetingSample), p.Words.Say(i18n.FlagGreetingName))
	return cmd
}

// greeting shows a Page's greetings, after a change if one is asked for.
func (p *commands) greeting(ctx context.Context, args []string, g greetingFlags) error {
	c, err := remote.Open(p.Program)
	if err != nil {
		return err
	}
	defer c.Close()
	page, err := remote.Page(ctx, p.Program, c, args)
	if err != nil {
		return err
	}
	all, done, err := changeGreeting(ctx, c, page, g)
	if err != nil {
		return err
	}
	if g.preview {
		for i, one := range all {
			all[i].Text = one.Preview(model.Untrusted(g.name))
		}
	}
	return p.Print(struct {
		Greetings []model.Greeting `json:"greetings"`
	}{all}, func() {
		if done != "" {
			p.Say(done)
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

func (p *commands) greetings(all []model.Greeting) {
	if len(all) == 0 {
		p.Say(i18n.GreetingNone)
		return
	}
	var t cli.Table
	for _, g := range all {
		t.Row(cli.Plain(g.Locale).String(), safe.LineN(g.Text, 2*model.GreetingLimit).String())
	}
	p.Table(t)
}

package conversation

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model/query"
)

// saved is what views prints as JSON.
type saved struct {
	Views []query.Saved `json:"views"`
}

// viewsCommand lists the views that the user saved on the screen.
func (p *commands) viewsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "views", Short: p.Words.Say(i18n.ViewsShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			all, err := c.Views(cmd.Context())
			if err != nil {
				return err
			}
			return p.Print(saved{append([]query.Saved{}, all...)}, func() { p.views(all) })
		},
	}
}

func (p *commands) views(all []query.Saved) {
	if len(all) == 0 {
		p.Say(i18n.ViewsNoneYet)
		return
	}
	var t cli.Table
	for i, v := range all {
		asks := cli.Plain(v.Query).String()
		if asks == "" {
			asks = p.Words.Say(i18n.ViewEverything)
		}
		t.Row(strconv.Itoa(i+1), cli.Plain(v.Name).String(), asks, p.Words.Say(i18n.SortName(v.Sort)))
	}
	p.Table(t)
}

// viewed returns what a saved view asks for.
func (p *commands) viewed(ctx context.Context, c *client.Client, name string) (string, error) {
	saved, err := c.Views(ctx)
	if err != nil {
		return "", err
	}
	v, ok := query.Named(saved, name)
	if !ok {
		names := make([]string, 0, len(saved))
		for _, s := range saved {
			names = append(names, cli.Plain(s.Name).String())
		}
		return "", cli.Usage(p.Words.Say(i18n.ViewUnknown, "Name", cli.Plain(name).String(), "Names", strings.Join(names, ", ")))
	}
	if v.Query == "" {
		return "all", nil
	}
	return v.Query, nil
}

package page

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/cmd/settings"
	"parley/i18n"
	"parley/model"
	"parley/ui/qr"
)

// entryways are the ways in which a customer can begin, as Meta lists them.
//
// Source: Messenger Platform, "Entry points".
var entryways = []string{"link", "button", "ad", "comment", "plugin", "search"}

func (p *commands) pageEntryCommand() *cobra.Command {
	var ref, ground string
	var ascii bool
	cmd := &cobra.Command{
		Use: "entry [PAGE]", Short: p.Words.Say(i18n.EntryShort), Long: p.Words.Say(i18n.EntryLong), Args: p.AtMost(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferPages),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.OneOf(ground, settings.ThemeDark, settings.ThemeLight); err != nil {
				return err
			}
			page, err := p.entryPage(cmd.Context(), args)
			if err != nil {
				return err
			}
			return p.entry(page, ref, qr.Style{ASCII: ascii, Light: ground == settings.ThemeLight})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ref, "ref", "", p.Words.Say(i18n.FlagEntryRef))
	f.StringVar(&ground, "ground", settings.ThemeDark, p.Words.Say(i18n.FlagEntryGround))
	f.BoolVar(&ascii, "ascii", false, p.Words.Say(i18n.FlagEntryASCII))
	return cmd
}

// entryway is one way in which a customer can begin.
type entryway struct {
	Way string `json:"way"`
	How string `json:"how"`
}

// entryPage finds the Page; an id needs no hub.
func (p *commands) entryPage(ctx context.Context, args []string) (model.PageID, error) {
	if len(args) > 0 && strings.Trim(string(model.PageID(args[0]).Meta()), "0123456789") == "" {
		return model.PageID(args[0]), nil
	}
	c, err := remote.Open(p.Program)
	switch {
	case err != nil && len(args) > 0: // without a hub, only an id names a Page
		return model.PageID(args[0]), nil
	case err != nil:
		return "", err
	}
	defer c.Close()
	return remote.Page(ctx, p.Program, c, args)
}

// entry shows a Page's link as text and QR code, and the other entry points. It makes no call:
// the link follows from the Page's id.
func (p *commands) entry(page model.PageID, ref string, s qr.Style) error {
	if meta := string(page.Meta()); meta == "" || strings.Trim(meta, "0123456789") != "" {
		return cli.Usage(p.Words.Say(i18n.EntryNoPage, "Page", cli.Plain(string(page))))
	}
	link, err := model.EntryLink(page.Meta(), ref)
	if err != nil {
		return err
	}
	lines, err := qr.Lines(link, s)
	if err != nil {
		return err
	}
	ways := make([]entryway, len(entryways))
	for i, id := range entryways {
		ways[i] = entryway{Way: id, How: p.Words.Say(i18n.Entryway(id))}
	}
	return p.Print(struct {
		Link string     `json:"link"`
		Ref  string     `json:"ref"`
		Ways []entryway `json:"ways"`
	}{link, ref, ways}, func() {
		p.Line(link)
		for _, l := range lines {
			p.Line(l)
		}
		for _, w := range ways {
			p.Line(w.How)
		}
	})
}

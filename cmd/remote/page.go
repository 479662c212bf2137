package remote

import (
	"context"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"parley/client"
	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// Page finds the Page that a command is about: by its id or its name; without an argument, the
// only one that is connected and that the user sees. An argument that names no Page is
// returned as it is, for the hub to refuse.
func Page(ctx context.Context, p *cli.Program, c *client.Client, args []string) (model.PageID, error) {
	pages, err := c.Pages(ctx)
	if err != nil {
		return "", err
	}
	var found []model.Page
	for _, page := range pages {
		switch {
		case len(args) > 0 && page.ID == model.PageID(args[0]):
			return page.ID, nil
		case len(args) > 0 && page.Sees && folded(safe.Line(page.Name).String()) == folded(args[0]):
			found = append(found, page)
		case len(args) == 0 && page.Sees && page.Connected():
			found = append(found, page)
		}
	}
	switch {
	case len(found) == 1:
		return found[0].ID, nil
	case len(args) > 0 && len(found) == 0:
		return model.PageID(args[0]), nil
	case len(found) == 0:
		return "", cli.Usage(p.Words.Say(i18n.PageWhichNone))
	}
	lines := []string{p.Words.Say(i18n.PageWhich)}
	for _, page := range found {
		lines = append(lines, cli.Indent+string(page.ID)+"  "+safe.Line(page.Name).String())
	}
	return "", &cli.Failure{Exit: cli.ExitUsage, Code: Ambiguous, Say: strings.Join(lines, "\n")}
}

// folded makes names equal that differ in case or width.
func folded(name string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(name)))
}

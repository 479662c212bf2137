package remote

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"parley/client"
	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// Ambiguous is the code of an argument that may mean several things.
const Ambiguous model.Code = "ambiguous"

// Surely finds the conversation that an argument means, for what can't be taken back: by its
// id, by the beginning of it or of the customer's PSID, or by the customer's whole name. It
// says on standard error whom a name means. An argument that means nothing is returned as it
// is, for the hub to refuse; one that means several is an error that lists them.
func Surely(ctx context.Context, p *cli.Program, c *client.Client, text string) (model.ConversationID, error) {
	return find(ctx, p, c, text, false)
}

// Likely is [Surely] for what can be taken back: words of the customer's name will do.
func Likely(ctx context.Context, p *cli.Program, c *client.Client, text string) (model.ConversationID, error) {
	return find(ctx, p, c, text, true)
}

func find(ctx context.Context, p *cli.Program, c *client.Client, text string, part bool) (model.ConversationID, error) {
	literal := model.ConversationID(text)
	l, err := c.Named(ctx, text)
	switch {
	case err == nil:
	case strings.Contains(text, "_") && !wrong(err):
		// It looks like a whole id: the command itself meets what is wrong, and keeps what it
		// must keep.
		return literal, nil
	default:
		return "", err
	}
	switch n := len(l.Conversations); {
	case n == 0:
		return literal, nil
	case n > 1 || l.More || l.By == model.NamedByPart && !part:
		return "", ambiguous(p, text, l)
	}
	found := l.Conversations[0]
	if l.By != model.NamedByID {
		p.Hint(i18n.NamedMeans, "Name", Customer(p, found.Customer), "ID", string(found.ID))
	}
	return found.ID, nil
}

// wrong reports whether a hub refused who asks.
func wrong(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Status == http.StatusUnauthorized
}

// ambiguous lists what an argument may mean.
func ambiguous(p *cli.Program, text string, l model.NamedList) error {
	say := i18n.NamedSeveral
	if len(l.Conversations) == 1 && !l.More {
		say = i18n.NamedPart
	}
	lines := []string{p.Words.Say(say, "Text", cli.Plain(text))}
	for _, c := range l.Conversations {
		lines = append(lines, cli.Indent+string(c.ID)+"  "+Customer(p, c.Customer)+"  "+p.Age(c.UpdatedAt))
	}
	if l.More {
		lines = append(lines, cli.Indent+p.Words.Say(i18n.NamedMore))
	}
	return &cli.Failure{Exit: cli.ExitUsage, Code: Ambiguous, Say: strings.Join(lines, "\n")}
}

// Customer names a customer; by their id if Meta does not give the name.
func Customer(p *cli.Program, c model.Customer) string {
	if name := safe.LineN(c.Name, cli.NameCells); !name.Empty() {
		return name.String()
	}
	return p.Words.Say(i18n.CustomerUnnamed, "ID", safe.Line(model.Untrusted(c.PSID)))
}

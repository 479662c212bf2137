package remote

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/model"
	"parley/model/safe"
)

// Bounds of what a shell is offered: nobody waits for a completion, or reads a long one.
const (
	completionTime = 2 * time.Second
	mostOffered    = 50
)

// Offer says what may stand in an argument: values, each perhaps with a tab and what it is.
type Offer func(ctx context.Context, c *client.Client, begun string) []string

// Complete offers values of a hub for the arguments of a command: those of the n-th offer for
// its n-th argument, and those of the last one for all further ones if more is true.
func Complete(p *cli.Program, more bool, offers ...Offer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		n := len(args)
		if more {
			n = min(n, len(offers)-1)
		}
		if n >= len(offers) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return CompleteOne(p, offers[n])(cmd, args, begun)
	}
}

// CompleteOne offers values of a hub for one argument or flag. Whatever goes wrong, it offers
// nothing: a completion has no place for errors.
func CompleteOne(p *cli.Program, offer Offer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		ctx := cmd.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, completionTime)
		defer cancel()
		c, err := Open(p)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer c.Close()
		return offer(ctx, c, begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// OfferConversations offers conversations: the newest, or those that what is typed may mean.
func OfferConversations(p *cli.Program) Offer {
	return func(ctx context.Context, c *client.Client, begun string) (out []string) {
		var list []model.Conversation
		if begun == "" {
			l, err := c.Conversations(ctx, model.ListQuery{Filter: "open", Limit: mostOffered})
			if err != nil {
				return nil
			}
			list = l.Conversations
		} else if l, err := c.Named(ctx, begun); err == nil {
			list = l.Conversations
		}
		for _, found := range list {
			value := string(found.ID)
			// A shell keeps only what begins as typed.
			if !strings.HasPrefix(value, begun) && strings.HasPrefix(string(found.Customer.PSID), begun) {
				value = string(found.Customer.PSID)
			}
			out = append(out, value+"\t"+Customer(p, found.Customer))
		}
		return out
	}
}

// OfferPages offers the Pages whose content the user sees.
func OfferPages(ctx context.Context, c *client.Client, _ string) (out []string) {
	pages, err := c.Pages(ctx)
	if err != nil {
		return nil
	}
	for _, page := range pages {
		if page.Sees {
			out = append(out, string(page.ID)+"\t"+safe.Line(page.Name).String())
		}
	}
	return out
}

// OfferViews offers the views that the user saved.
func OfferViews(ctx context.Context, c *client.Client, _ string) (out []string) {
	views, err := c.Views(ctx)
	if err != nil {
		return nil
	}
	for _, v := range views {
		out = append(out, v.Name+"\t"+v.Query)
	}
	return out
}

// OfferLabels offers the labels of the conversations that the user sees.
func OfferLabels(ctx context.Context, c *client.Client, _ string) (out []string) {
	labels, err := c.Labels(ctx, "")
	if err != nil {
		return nil
	}
	for _, l := range labels {
		out = append(out, l.Label)
	}
	return out
}

// OfferVisibility offers what may follow: Pages, and the two visibilities.
func OfferVisibility(ctx context.Context, c *client.Client, begun string) []string {
	return append([]string{string(model.Private), string(model.Shared)}, OfferPages(ctx, c, begun)...)
}

// OfferUsers offers the hub's users, and those words.
func OfferUsers(words ...string) Offer {
	return func(ctx context.Context, c *client.Client, _ string) []string {
		out := append([]string(nil), words...)
		users, err := c.Users(ctx)
		if err != nil {
			return out
		}
		for _, u := range users {
			out = append(out, safe.Line(model.Untrusted(u.Name)).String())
		}
		return out
	}
}

// OfferWords offers fixed words.
func OfferWords(words ...string) Offer {
	return func(context.Context, *client.Client, string) []string { return words }
}

package main

import (
	"github.com/spf13/cobra"

	"parley/i18n"
	"parley/model"
)

func (p *loginCommands) tokenCommand() *cobra.Command {
	return p.group("token", i18n.TokenShort, p.tokenListCommand(), p.tokenRevokeCommand())
}

func (p *loginCommands) tokenListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: p.words.Say(i18n.TokenListShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			tokens, err := c.Tokens(cmd.Context())
			if err != nil {
				return err
			}
			return p.print(struct {
				Tokens []model.Token `json:"tokens"`
			}{tokens}, func() { p.tokenList(tokens) })
		},
	}
}

func (p *loginCommands) tokenList(tokens []model.Token) {
	var t table
	for _, token := range tokens {
		used := p.words.Say(i18n.TokenUnused)
		if token.LastUsedAt != nil {
			used = p.words.Say(i18n.TokenUsed, "Time", p.clock(*token.LastUsedAt))
		}
		current := ""
		if token.Current {
			current = p.words.Say(i18n.TokenCurrent)
		}
		t.row(plain(string(token.ID)).String(), p.words.Say(i18n.TokenSince, "Time", p.clock(token.CreatedAt)), used, current)
	}
	p.table(t)
}

func (p *loginCommands) tokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: p.words.Say(i18n.RevokeShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			id := model.TokenID(args[0])
			if err := c.RevokeToken(cmd.Context(), id); err != nil {
				return err
			}
			return p.print(struct {
				Revoked model.TokenID `json:"revoked"`
			}{id}, func() { p.say(i18n.TokenRevoked) })
		},
	}
}

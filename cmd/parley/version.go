package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"parley/i18n"
)

// version is that of the module, or "devel" with the commit where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel " + s.Value[:min(len(s.Value), 12)]
		}
	}
	return "devel"
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: p.words.Say(i18n.VersionShort), Args: p.exactly(0),
		RunE: func(*cobra.Command, []string) error {
			return p.print(struct {
				Version string `json:"version"`
			}{version()}, func() { p.line("parley " + version()) })
		},
	}
}

// Command generate writes the ids of all sentences, which stand in the catalogues, into
// ids_gen.go. It runs in the folder of package i18n, by go generate.
package main

import (
	"fmt"
	"os"

	"parley/i18n/internal/catalogue"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	domains, err := catalogue.Read(os.DirFS("catalogues"))
	if err != nil {
		return err
	}
	ids, err := catalogue.Constants(domains)
	if err != nil {
		return err
	}
	return os.WriteFile("ids_gen.go", ids, 0o644) //nolint:gosec // source code, for everybody to read
}

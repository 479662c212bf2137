// Portable type-checks the module for the other systems that it is to run on, from source. Vet
// would compile all of it, with SQLite, once more for each: minutes instead of seconds.
//
//	portable [SYSTEM …]
//
// A system is a GOOS; by default darwin and windows.
package main

import (
	"fmt"
	"os"

	"golang.org/x/tools/go/packages"
)

func main() {
	systems := os.Args[1:]
	if len(systems) == 0 {
		systems = []string{"darwin", "windows"}
	}
	for _, s := range systems {
		if err := check(s); err != nil {
			fmt.Fprintln(os.Stderr, "portable:", err)
			os.Exit(1)
		}
	}
}

// check type-checks the module's packages and their tests as they are on a system.
func check(system string) error {
	const mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedSyntax | packages.NeedTypes |
		packages.NeedImports | packages.NeedDeps
	found, err := packages.Load(&packages.Config{Mode: mode, Tests: true, Env: append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")}, "./...")
	if err != nil {
		return fmt.Errorf("load for %s: %w", system, err)
	}
	if n := packages.PrintErrors(found); n > 0 {
		return fmt.Errorf("%d errors on %s", n, system)
	}
	fmt.Fprintf(os.Stdout, "portable: %d packages on %s\n", len(found), system)
	return nil
}

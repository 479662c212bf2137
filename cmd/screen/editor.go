package screen

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"parley/model"
	"parley/ui/editor"
)

// editor returns what edits a text in the user's own editor: that of VISUAL or EDITOR, as a shell
// reads it. Over SSH there is none: it would run on the hub. Drafts are in the state folder; so is
// the text while it is edited, for its user alone.
func (p *screen) editor(ctx context.Context, state string) editor.Edit {
	if p.Seat != nil || runtime.GOOS == "windows" {
		return nil
	}
	return func(text string, in, out *os.File) (string, error) {
		p.Lent.Store(true)
		defer p.Lent.Store(false)
		command := p.Getenv("VISUAL")
		if command == "" {
			command = p.Getenv("EDITOR")
		}
		if strings.TrimSpace(command) == "" {
			command = "vi"
		}
		if err := os.MkdirAll(state, 0o700); err != nil {
			return "", fmt.Errorf("make the folder of the text: %w", err)
		}
		folder, err := os.MkdirTemp(state, "edit-*")
		if err != nil {
			return "", fmt.Errorf("make the folder of the text: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		path := filepath.Join(folder, "reply.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("write the text: %w", err)
		}
		// It ends by its own keys, even if we end meanwhile.
		args := append(commandOf(command), path)
		cmd := exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...) //nolint:gosec // the user's own editor
		cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = in, out, out, p.Env
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("%s: %w", command, err)
		}
		return edited(path)
	}
}

// commandOf returns the words that run an editor. Only what a shell has to read is given to one: a
// shell between us would end by ctrl+c, which is the editor's.
func commandOf(editor string) []string {
	if strings.ContainsAny(editor, "|&;<>()$`\\\"'\t\n*?[#~=%") {
		return []string{"sh", "-c", editor + ` "$@"`, editor}
	}
	return strings.Fields(editor)
}

// edited reads the text that the editor left.
func edited(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	defer func() { _ = f.Close() }()
	// More than a reply may have, so that it can be shortened; the rest of a mistake is left out.
	b, err := io.ReadAll(io.LimitReader(f, 16*model.MaxText))
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	return string(b), nil
}

package sshd

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"parley/model"
)

// StartFD is the file from which a child reads its instructions. It ends when the server does,
// and so does the child.
const StartFD = 3

// Start is a child's instructions.
type Start struct {
	Hub   string `json:"hub"`
	Token string `json:"token"`
	// Drafts is the user's own folder.
	Drafts string `json:"drafts"`
	// Zone is the user's time zone; ZoneRefused is what their client sent if it is no zone,
	// which the user is told.
	Zone        string `json:"zone"`
	ZoneRefused string `json:"zone_refused,omitempty"`
	Lang        string `json:"lang"`
	// Args is a command to run; none means the screen.
	Args []string `json:"args,omitempty"`
}

// ErrStart refuses a child that gets no instructions.
var ErrStart = errors.New("not started by a hub")

// ReadStart reads a child's instructions.
func ReadStart(r io.Reader) (Start, error) {
	var s Start
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		return Start{}, errors.Join(ErrStart, err)
	}
	if err := json.Unmarshal(line, &s); err != nil || s.Hub == "" || s.Token == "" {
		return Start{}, errors.Join(ErrStart, err)
	}
	return s, nil
}

// send sends the instructions. A long command does not fit into a pipe that nobody reads yet.
func (s Start) send(w io.Writer) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// errUserFolder refuses an id that is not a plain name.
var errUserFolder = errors.New("user's id can't be a folder")

// userFolder creates a user's folder, accessible to nobody else.
func userFolder(state string, user model.UserID) (string, error) {
	name := string(user)
	if name == "." || !filepath.IsLocal(name) || filepath.Base(name) != name {
		return "", errUserFolder
	}
	path, err := filepath.Abs(filepath.Join(state, name))
	if err != nil {
		return "", fmt.Errorf("find user's folder: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("make user's folder: %w", err)
	}
	return path, nil
}

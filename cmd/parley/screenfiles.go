package main

import (
	"os"
	"path/filepath"
	"strings"

	"parley/client"
	"parley/ui"
)

// screenFiles are the files of the user's machine, as the screen needs them.
type screenFiles struct{}

var _ ui.Files = screenFiles{}

// screenFiles returns the user's files; nil over SSH, where they are on another machine.
func (p *screenCommand) screenFiles() ui.Files {
	if p.seat != nil {
		return nil
	}
	return screenFiles{}
}

// Check implements [ui.Files].
func (screenFiles) Check(path string) (ui.File, error) {
	f, err := client.CheckFile(atHome(path))
	if err != nil {
		return ui.File{}, err
	}
	return shownFiles([]client.KeptFile{f})[0], nil
}

// Complete implements [ui.Files].
func (screenFiles) Complete(path string) string {
	dir, begin := filepath.Split(path)
	look := atHome(dir)
	if look == "" {
		look = "."
	}
	entries, err := os.ReadDir(look)
	if err != nil {
		return path
	}
	common, found := "", 0
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begin) || begin == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if e.IsDir() {
			name += string(filepath.Separator)
		}
		if found++; found == 1 {
			common = name
		}
		for !strings.HasPrefix(name, common) {
			common = strings.ToValidUTF8(common[:len(common)-1], "")
		}
	}
	if found == 0 {
		return path
	}
	return dir + common
}

// atHome is a path with the user's folder in place of ~.
func atHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator))
	if home, err := os.UserHomeDir(); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}

// keptFiles are files as they are kept with a reply; shownFiles as the screen knows them.
func keptFiles(files []ui.File) []client.KeptFile {
	var out []client.KeptFile
	for _, f := range files {
		out = append(out, client.KeptFile{Path: f.Path, SHA256: f.SHA256, Size: f.Size})
	}
	return out
}

func shownFiles(files []client.KeptFile) []ui.File {
	var out []ui.File
	for _, f := range files {
		out = append(out, ui.File{Path: f.Path, Name: filepath.Base(f.Path), Size: f.Size, SHA256: f.SHA256})
	}
	return out
}

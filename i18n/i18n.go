// Package i18n holds every sentence a user reads, in English and Japanese.
//
// Each subject has two catalogues, one in each language: catalogues/composer.en.toml and
// composer.ja.toml hold what the composer says. The constants of type [ID] are generated from
// the English ones, with the blanks that a caller fills in. After adding or removing a
// sentence, or changing its blanks, run
//
//	go generate ./i18n
//
// It writes ids_gen.go, or says what one of the languages lacks. A section that is "Made by"
// a function has no constants: the function makes the id from a word of the model's.
//
// Text from outside enters a sentence only as a safe.Text or another plain value.
package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:generate go run ./generate

//go:embed catalogues/*.toml
var catalogues embed.FS

// ID names a sentence.
type ID string

// Localizer says sentences in one language. It is safe for concurrent use.
type Localizer struct {
	localizer *i18n.Localizer
	tag       language.Tag
}

// New returns a localizer for the first of these languages that we have sentences in, or
// for English if there is none. It takes tags ("ja") and values of LANG ("ja_JP.UTF-8").
func New(languages ...string) *Localizer {
	var tags []language.Tag
	for _, l := range languages {
		if tag, ok := parse(l); ok {
			tags = append(tags, tag)
		}
	}
	_, i, _ := language.NewMatcher([]language.Tag{language.English, language.Japanese}).Match(tags...)
	tag := []language.Tag{language.English, language.Japanese}[i]
	return &Localizer{localizer: i18n.NewLocalizer(bundle(), tag.String()), tag: tag}
}

// bundle holds the catalogues of all languages. They are read once and never change.
var bundle = sync.OnceValue(func() *i18n.Bundle {
	b := i18n.NewBundle(language.English)
	b.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	files, err := fs.Glob(catalogues, "catalogues/*.toml")
	if err != nil {
		panic("i18n: " + err.Error()) // the pattern is good
	}
	for _, file := range files {
		if _, err := b.LoadMessageFileFS(catalogues, file); err != nil {
			panic("i18n: " + err.Error()) // the catalogues are part of the program
		}
	}
	return b
})

// parse reads a tag or a value of LANG.
func parse(s string) (language.Tag, bool) {
	s, _, _ = strings.Cut(s, ".")
	s, _, _ = strings.Cut(s, "@")
	if s == "" || s == "C" || s == "POSIX" {
		return language.Und, false
	}
	tag, err := language.Parse(strings.ReplaceAll(s, "_", "-"))
	return tag, err == nil
}

// Japanese reports whether the language is Japanese.
func (w *Localizer) Japanese() bool { return w.tag == language.Japanese }

// Say returns a sentence. pairs are the names and values of its blanks: Say(id, "Name",
// name). If there is no such sentence, it returns the id in brackets.
func (w *Localizer) Say(id ID, pairs ...any) string {
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	s, err := w.localizer.Localize(&i18n.LocalizeConfig{MessageID: string(id), TemplateData: data})
	if err != nil && s == "" {
		return "[" + string(id) + "]"
	}
	return s
}

// Has reports whether there is a sentence with that id.
func (w *Localizer) Has(id ID) bool {
	var missing *i18n.MessageNotFoundErr
	_, err := w.localizer.Localize(&i18n.LocalizeConfig{MessageID: string(id), TemplateData: map[string]any{}})
	return !errors.As(err, &missing)
}

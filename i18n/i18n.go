// Package i18n holds every sentence a user reads, in English and Japanese.
//
// A sentence has an [ID] and stands in two catalogues, one a language, which are about one
// subject: catalogues/composer.en.toml and composer.ja.toml hold what the composer says. The
// constants of the ids are made from the English ones, with the blanks that a caller fills
// in: after an id was added, removed or given other blanks,
//
//	go generate ./i18n
//
// writes ids_gen.go, and says what one language lacks. A section that is "Made by" a
// function has no constants: the function puts the id together from a word of the model's.
//
// Text that somebody outside wrote comes into a sentence only as a safe.Text or another
// plain value.
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

// New returns the localizer of the first of these languages that there are sentences in;
// English if there are none. It takes tags ("ja") and values of LANG ("ja_JP.UTF-8").
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

// bundle are the catalogues of all languages, read once: all words are said of them, and
// nothing is added.
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

// Japanese tells whether it speaks Japanese.
func (w *Localizer) Japanese() bool { return w.tag == language.Japanese }

// Say returns a sentence. pairs are names and values of its blanks: Say(id, "Name",
// name). A sentence that is missing shows its id.
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

// Has tells whether there is a sentence with that id.
func (w *Localizer) Has(id ID) bool {
	var missing *i18n.MessageNotFoundErr
	_, err := w.localizer.Localize(&i18n.LocalizeConfig{MessageID: string(id), TemplateData: map[string]any{}})
	return !errors.As(err, &missing)
}

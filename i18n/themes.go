package i18n

import "strings"

// ThemeName names the words for a built-in theme.
func ThemeName(name string) ID { return ID("theme_name_" + strings.ReplaceAll(name, "-", "_")) }

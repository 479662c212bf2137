package compact

import (
	"encoding/hex"
	"fmt"
	"strings"

	"parley/model"
)

const uuidBytes, uuidText = 16, 36

// UUID returns the bytes of a UUID, and whether the text is one as [UUIDText] writes it.
func UUID(text string) ([]byte, bool) {
	if len(text) != uuidText || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return nil, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	return b, err == nil && UUIDText(b) == text
}

// UUIDText returns the text of a UUID; empty for anything else.
func UUIDText(b []byte) string {
	if len(b) != uuidBytes {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// What begins an id within a record of a Page: the bytes of a UUID follow, or the id as it is.
const (
	idBytes = "u"
	idText  = "t"
)

// packID returns the id of a message as it stands in a record of its Page.
func packID(page model.PageID, id model.MessageID) string {
	if local, ok := strings.CutPrefix(string(id), string(page)+model.PageSeparator); ok {
		if b, ok := UUID(local); ok {
			return idBytes + string(b)
		}
	}
	return idText + string(id)
}

// unpackID reverses packID.
func unpackID(page model.PageID, packed string) model.MessageID {
	if b, ok := strings.CutPrefix(packed, idBytes); ok {
		return model.NewMessageID(page, UUIDText([]byte(b)))
	}
	return model.MessageID(strings.TrimPrefix(packed, idText))
}

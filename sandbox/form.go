package sandbox

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/url"
)

// readMultipart reads the text fields of a multipart form; files are read over.
func readMultipart(raw []byte, boundary string) (url.Values, error) {
	values := url.Values{}
	mr := multipart.NewReader(bytes.NewReader(raw), boundary)
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			continue
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		values.Add(part.FormName(), string(text))
	}
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

package outside_test

import (
	"errors"
	"testing"

	"parley/hub/outside"
)

// TestAddress: nothing secret goes over a wire that others can read, and no address brings
// its own query.
func TestAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		address string
		local   bool
		want    error
	}{
		{"https://api.pipedrive.com", false, nil},
		{"https://graph.facebook.com:443/", false, nil},
		{"http://127.0.0.1:8080", true, nil},
		{"http://[::1]:8080", true, nil},
		{"http://localhost:8080", true, nil},
		{"http://127.0.0.1:8080", false, outside.ErrInsecure},
		{"http://localhost.example.com", true, outside.ErrInsecure},
		{"http://10.0.0.1", true, outside.ErrInsecure},
		{"ftp://api.pipedrive.com", true, outside.ErrInsecure},
		{"https://user:word@api.pipedrive.com", true, outside.ErrAddress},
		{"https://api.pipedrive.com?key=1", true, outside.ErrAddress},
		{"https://api.pipedrive.com#part", true, outside.ErrAddress},
		{"api.pipedrive.com", true, outside.ErrAddress},
		{"https:///v1", true, outside.ErrAddress},
		{"https://%zz", true, outside.ErrAddress},
		{"", true, outside.ErrAddress},
	} {
		if _, err := outside.Address(tt.address, tt.local); !errors.Is(err, tt.want) {
			t.Errorf("%q, local %v: %v", tt.address, tt.local, err)
		}
	}
}

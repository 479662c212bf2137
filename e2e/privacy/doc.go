// Package privacy tests that nobody receives what is hidden from them.
package privacy

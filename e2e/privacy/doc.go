// Package privacy has the tests that nobody receives what is hidden from them.
package privacy

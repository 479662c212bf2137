// Package browser tests the pages that a hub shows in a browser.
package browser

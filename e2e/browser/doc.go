// Package browser has the tests of the pages that a hub shows in a browser.
package browser

// Package ssh has the tests of users who come over SSH.
package ssh

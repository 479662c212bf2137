// Package ssh tests users who come in over SSH.
package ssh

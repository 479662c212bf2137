// Package health tells how the hub is: whether it can do its work ([Health.Ready]), what stands
// between Facebook and a Page's inbox ([Health.Doctor]), whether Meta took our address for
// webhooks, and the figures that Prometheus reads.
//
// It needs to read the store, Meta, and what other rooms say of themselves. It changes nothing
// but its note that Meta tried our address.
//
// Whoever asks for the figures costs the store nothing: they are kept. No figure is labelled by
// anything that a client or a customer chooses, nor by Page.
package health

package client

// LocalZone is the zone that the client tells of.
func LocalZone() string { return localZone() }

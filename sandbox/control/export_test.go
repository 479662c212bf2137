package control

// Routes is how many routes there are.
func Routes() int { return len((&Control{}).allRoutes()) }

package guide

// Synonyms are the other words of commands.
var Synonyms = synonyms

// Questions are the ids of the questions.
var Questions = func() (ids []string) {
	for _, q := range questions {
		ids = append(ids, q.id)
	}
	return ids
}()

// Ways returns where the answers lead.
func Ways() map[string][]string {
	all := map[string][]string{}
	for _, q := range questions {
		all[q.id] = q.ways
	}
	return all
}

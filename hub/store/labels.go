package store

import (
	"parley/model"
	"parley/model/label"
)

// LabelReader reads which labels there are.
type LabelReader interface {
	// Labels returns the labels of those Pages' conversations, the most used first, each as most
	// conversations have it.
	Labels(pages []model.PageID) ([]label.Count, error)
}

package model_test

import (
	"testing"

	"parley/model"
)

const (
	installer = model.UserID("0192f0c1-0000-7000-8000-000000000001")
	colleague = model.UserID("0192f0c1-0000-7000-8000-000000000002")
)

func TestCanSee(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		visibility model.Visibility
		installer  model.UserID
		user       model.UserID
		want       bool
	}{
		{"private: its installer", model.Private, installer, installer, true},
		{"private: a colleague, whatever their role", model.Private, installer, colleague, false},
		{"private: nobody", model.Private, installer, "", false},
		{"private: nobody, of a Page without an installer", model.Private, "", "", false},
		{"shared: its installer", model.Shared, installer, installer, true},
		{"shared: a colleague", model.Shared, installer, colleague, true},
		{"shared: nobody", model.Shared, installer, "", false},
		{"of no known visibility: its installer", "", installer, installer, true},
		{"of no known visibility: a colleague", "", installer, colleague, false},
		{"of a misspelt visibility: a colleague", "Shared", installer, colleague, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := model.Page{ID: "1", Visibility: tt.visibility, Installer: model.UserRef{ID: tt.installer}}
			if got := model.CanSee(tt.user, p); got != tt.want {
				t.Errorf("CanSee(%q) = %v, want %v", tt.user, got, tt.want)
			}
		})
	}
}

// An uninstalled installation keeps its visibility: who could read it, still can.
func TestCanSeeUninstalled(t *testing.T) {
	t.Parallel()
	p := openPage()
	p.UninstalledAt = &noon
	if !model.CanSee(colleague, p) {
		t.Error("a shared installation is hidden once uninstalled")
	}
	p.Visibility = model.Private
	if model.CanSee(colleague, p) {
		t.Error("a private installation shows once uninstalled")
	}
}

func TestVisibilityValid(t *testing.T) {
	t.Parallel()
	for v, want := range map[model.Visibility]bool{
		model.Private: true, model.Shared: true, "": false, "public": false, "Private": false,
	} {
		if got := v.Valid(); got != want {
			t.Errorf("Visibility(%q).Valid() = %v, want %v", v, got, want)
		}
	}
}

package model

// User is somebody who works with this hub.
type User struct {
	ID    UserID `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Admin bool   `json:"admin"`
}

// UserRef names a user beside something else.
type UserRef struct {
	ID   UserID `json:"id"`
	Name string `json:"name"`
}

// Ref returns the user's name and id alone.
func (u User) Ref() UserRef { return UserRef{ID: u.ID, Name: u.Name} }

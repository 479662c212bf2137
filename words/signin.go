package words

// Sentences of signing in through Pipedrive.
const (
	SandboxPipedrive ID = "sandbox_pipedrive"
)

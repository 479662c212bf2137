package door

import (
	"parley/model"
	"parley/model/snippet"
)

// sentence returns a refusal in English; clients show it in the user's language by its code.
func sentence(code model.Code) string {
	if s, ok := sentences[code]; ok {
		return s
	}
	return "This reply can't be sent: " + string(code) + "."
}

// sentences are those of all refusals except the verdicts on replies.
var sentences = map[model.Code]string{
	model.NotAdmin:         "Only an admin can do this.",
	model.NotInstaller:     "Only who connected the Page can do this.",
	model.NoManageTask:     "The Facebook user has no full control of this Page.",
	model.PersonalProfile:  "A personal profile can't be connected, only a Page.",
	model.AlreadyConnected: "Somebody else has connected this Page.",
	model.PageUnknown:      "Facebook shows no such Page to this token.",
	model.TokenRefused:     "Facebook does not accept this token.",
	model.MessagesOff:      "Messaging is off on this Page.",
	model.NotAvailable:     "This user takes no conversations at the moment.",
	model.NewerReply:       "A colleague answered meanwhile.",
	model.SendAtPast:       "The time to send it is over.",
	model.SendAtBeyond:     "By then the reply window may be closed.",
	model.TextEmpty:        "The text is empty.",
	model.TextTooLong:      "The text is longer than 2,000 characters.",
	model.ClientIDReused:   "The client_id belongs to another reply.",
	model.StateChanged:     "The reply is not in that state any more.",
	model.NoReplyTarget:    "The message to be quoted is not in this conversation, or Facebook does not know it yet.",
	model.NoReactionTarget: "The message can't have a reaction: Facebook does not know it yet, or it is gone.",
	model.GreetingTooLong:  "The greeting is longer than 160 characters.",
	model.GreetingDefault:  "The default greeting comes first, and stays as long as there are others.",
	model.GreetingLocale:   "The locale is none of Facebook's, such as ja_JP, nor default.",
	model.NoBrowserLogin:   "This hub has no app by which users sign in through Pipedrive.",
	model.LoginPending:     "Nobody has signed in yet.",
	model.SlowDown:         "This is asked too often. Wait longer between two questions.",
	model.LoginExpired:     "This sign-in is used up, or too old. Begin again.",
	model.LoginDenied:      "Pipedrive was told not to let Parley know who it is.",
	model.OtherBrowser:     "Another browser began this sign-in.",
	model.WrongCompany:     "This hub belongs to another company's Pipedrive.",
	model.NoCompany:        "This hub belongs to no company yet. An admin who was added at the hub has to sign in first.",
	model.NoAccount:        "Nobody with this e-mail address was added to this hub.",
	model.CRMInactive:      "This user is not active in Pipedrive.",
	model.CRMSignIn:        "Pipedrive tells who is an admin. Sign in through it first.",
	model.AttachmentTooBig: "The file is larger than 25 MB.",
	model.AttachmentEmpty:  "The file is empty.",
	model.AttachmentType:   "The file is not what its name says.",
	model.UploadQuota:      "Too much is uploaded and not sent.",
	model.NotErased:        "The conversation is deleted, but some of it can still be read in the hub's files, as something reads the store. It is overwritten as soon as that ends; the hub's log says when.",
	model.UploadGone:       "The upload is not there. Upload it again.",
	model.MediaNotYet:      "The hub is about to fetch this from Facebook.",
	model.MediaIsGone:      "The hub does not have this, or no longer.",
	model.NoCRM:            "This hub has no CRM.",
	model.NoCRMUser:        "Pipedrive knows nobody by this user's e-mail address, so that nobody knows what they may see there. Sign in through Pipedrive.",
	model.BadRecord:        "That is no person, lead or deal.",
	model.RecordNotFound:   "There is no such record.",
	model.CRMForbidden:     "Pipedrive does not let this user do that.",
	model.CRMEditUnknown:   "The record is somebody else's, and Pipedrive does not tell the hub whether this user may change it. Who signs in through Pipedrive is judged by Pipedrive.",
	model.CRMInvalid:       "Pipedrive does not take that.",
	model.NotLinked:        "The conversation is linked to no record that this user may see.",
	snippet.BadName:        "A snippet's name has letters, digits and - only, 32 at most.",
	snippet.UnknownField:   "Single braces stand around what is no field. There are {customer}, {customer.first}, {me}, {deal.title}, {deal.value}, {deal.stage}, {person.name} and {page}; braces that are to stay are doubled.",
	snippet.BadBraces:      "Doubled braces around the name of a field would be taken for the field.",
	snippet.BadMacro:       "The label is none.",
	snippet.BadKey:         "A macro's key is alt with a letter or digit, or f1 to f12.",
	snippet.TooMany:        "There are 500 snippets already.",
	model.CRMLimited:       "The company's budget of requests to Pipedrive is used up for now.",
}

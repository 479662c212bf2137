package words

// Days and times in the screen.
const (
	DayToday        ID = "day_today"
	DayYesterday    ID = "day_yesterday"
	MomentTomorrow  ID = "moment_tomorrow"
	MomentYesterday ID = "moment_yesterday"
	MomentDay       ID = "moment_day"
)

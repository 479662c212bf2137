package i18n

// AlertKind names a kind of event that users are notified of.
func AlertKind(kind string) ID { return ID("alert_kind_" + kind) }

// AlertOne names what a notification of one event of a kind says.
func AlertOne(kind string) ID { return ID("alert_one_" + kind) }

// AlertMany names what a notification of several events of a kind says.
func AlertMany(kind string) ID { return ID("alert_many_" + kind) }

// AlertContent names what a notification of an event says with its content.
func AlertContent(kind string) ID { return ID("alert_content_" + kind) }

// AlertMethodName names a way to notify.
func AlertMethodName(method string) ID { return ID("alert_method_" + method) }

// CountName names a count of conversations.
func CountName(name string) ID { return ID("count_" + name) }

"""Taking part in an event: the form, consents, the organiser's decision, the badge code."""

"""iCalendar: one invite per person and session, its SEQUENCE; feeds."""

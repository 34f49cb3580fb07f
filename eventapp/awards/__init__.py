"""Awards: from the call for nominations to the published result."""

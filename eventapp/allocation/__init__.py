"""Places by preference: people rank sessions, one run gives the places, everybody reads why."""

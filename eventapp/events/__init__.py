"""Hosts, events, days, venues, rooms, team roles; and the policy page."""

"""Attendance: minutes and their corrections, lists to sign, places released at the door."""

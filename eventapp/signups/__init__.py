"""Seats and queues of sessions."""

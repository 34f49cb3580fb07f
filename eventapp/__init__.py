"""eventapp: seminars, workshops and awards, from the call to the evidence."""

__version__ = "0.1.0"

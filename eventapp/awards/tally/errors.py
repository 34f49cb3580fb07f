"""The one way in which a count refuses its input."""


class TallyError(ValueError):
    """Say in one sentence why this input cannot be counted as its rulebook asks."""

"""The suite; `tests/reference` counts seminars by hand, without the product."""

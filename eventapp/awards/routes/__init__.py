"""Pages of awards.

``setup`` for the organiser · ``rules`` how frozen rules change · ``jury`` for jurors · ``chair``
for chair and secretary · ``desk`` for the formal check · ``outputs`` and ``papers`` what leaves
the jury's room · ``public`` for nominators and readers · ``audience`` its vote · ``frame`` what
they share.
"""

from eventapp.awards.routes import (
    audience,
    chair,
    desk,
    jury,
    outputs,
    papers,
    public,
    rules,
    setup,
)
from eventapp.awards.routes.frame import bp, install

__all__ = [
    "audience",
    "bp",
    "chair",
    "desk",
    "install",
    "jury",
    "outputs",
    "papers",
    "public",
    "rules",
    "setup",
]

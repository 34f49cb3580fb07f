"""Routes whose addresses are put together by code that is written when first asked for.

Werkzeug writes and compiles two functions for each route when an application is made: with some
hundred routes a third of a second, at each start of each worker. A process asks for few of them.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A route as Werkzeug has it, but for when its builders are compiled."""

    def _compile_builder(
        self,
        append_unknown: bool = True,  # noqa: FBT001, FBT002 - Werkzeug calls it so
    ) -> Builder:
        compile_now = super()._compile_builder
        compiled: Builder | None = None

        def build(_rule: Rule, /, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = compile_now(append_unknown)
            return compiled(self, **values)

        return build

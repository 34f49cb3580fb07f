"""Laws on generated input, sized for a busy machine."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings


def law(**strategies: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Given these strategies, without a deadline: other tests run beside this one."""
    return lambda test: settings(max_examples=60, deadline=None)(given(**strategies)(test))

"""Find what lies beside the package in a checkout and inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """Return the folder ``templates``, ``static`` or ``migrations``.

    A wheel carries it as ``eventapp/_bundled/<name>``. Raises FileNotFoundError when the
    installation is broken.
    """
    for place in (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"eventapp is installed without its {name} folder")

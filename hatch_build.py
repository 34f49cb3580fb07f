"""Put compiled catalogues, templates, static files and migrations into every built wheel."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# They lie at the top of the checkout and inside the package once it is installed.
BUNDLED = ("templates", "static", "migrations")


class BundleHook(BuildHookInterface):
    """Complete the wheel with what the source tree keeps elsewhere, or not at all."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the bundled folders and compile the catalogues; an editable link needs neither."""
        if self.target_name != "wheel" or version == "editable":
            return
        self.compile_catalogues()
        for folder in BUNDLED:
            build_data["force_include"][str(Path(self.root, folder))] = (
                f"eventapp/_bundled/{folder}"
            )

    def compile_catalogues(self) -> None:
        """Write a fresh .mo beside every .po of the source tree."""
        # Loaded by path: importing the package would need the application's dependencies,
        # which an isolated build does not install.
        source = Path(self.root, "eventapp", "kernel", "catalogues.py")
        spec = importlib.util.spec_from_file_location("catalogues", source)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(source)
        catalogues = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(catalogues)
        catalogues.compile_all(Path(self.root, "eventapp", "translations"))

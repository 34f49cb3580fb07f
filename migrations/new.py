"""Write the next migration from the models: `python migrations/new.py "Add rooms"`."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from eventapp.app import create_app
from eventapp.kernel import migrations

ALEMBICS_OWN = re.compile(r" *# ###.*\n")


def main() -> int:
    """Compare the models with a fresh database at head, and write what is missing."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/head.sqlite3"})
        with app.app_context():
            migrations.upgrade()
            path = migrations.write_revision(sys.argv[1])
    if path is None:
        print("The migrations already say what the models say.")
        return 0
    tidy(Path(path))
    print(path)
    return 0


def tidy(path: Path) -> None:
    """Bring a written migration into the project's own form."""
    path.write_text(ALEMBICS_OWN.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    ruff = [str(Path(sys.executable).with_name("ruff"))]
    subprocess.run([*ruff, "format", "--quiet", str(path)], check=True)
    subprocess.run([*ruff, "check", "--quiet", "--fix", str(path)], check=True)


if __name__ == "__main__":
    sys.exit(main())

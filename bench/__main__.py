"""Run measurements and write them down: `python -m bench [signups|scans|pages|start …]`."""

import json
import os
import platform
import sys
from pathlib import Path

from bench.measures import MEASURES

RESULTS = Path(__file__).parent / "results.json"


def main(asked: list[str]) -> int:
    """Measure what was asked for, or everything, on both databases."""
    unknown = set(asked) - MEASURES.keys()
    if unknown:
        print(f"There is no measurement {', '.join(sorted(unknown))}: {', '.join(MEASURES)}.")
        return 2
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    for name in asked or MEASURES:
        measure, kinds = MEASURES[name]
        for kind in kinds:
            figures = measure(kind)
            kept.setdefault(name, {})[kind] = figures
            print(f"{name} on {kind}: {json.dumps(figures)}", flush=True)
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Set documents and end: the program that `pdf` starts for each order.

A process of its own can be stopped when it takes too long, and gives its memory back. It knows
nothing of the application, so that it starts at once.
"""

import json
import sys
from pathlib import Path
from typing import cast

LENGTH = 8  # bytes before each document that tell how long it is


def main() -> int:
    """Read what to set as JSON from standard input, write the PDFs to standard output."""
    import typst  # noqa: PLC0415 - an extra

    asked = json.load(sys.stdin)
    compiler = typst.Compiler(font_paths=[asked["fonts"]], ignore_system_fonts=True)
    for data in asked["documents"]:
        made = compiler.compile(
            Path(asked["template"]),
            root=asked["root"],
            sys_inputs={"data": data},
            timestamp=asked["timestamp"],
            pdf_standards=["ua-1"],
        )
        content = cast(bytes, made)  # one file, as no picture is asked for
        sys.stdout.buffer.write(len(content).to_bytes(LENGTH, "big") + content)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Print the seminar of a seed."""

import json
import sys

from tests.reference.generate import generate

json.dump(generate(int(sys.argv[1])), sys.stdout, ensure_ascii=False, indent=1)

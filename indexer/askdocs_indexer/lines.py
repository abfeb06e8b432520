"""Lines as LSP counts them: they end at \\n, \\r\\n and \\r, and at nothing else."""

from __future__ import annotations

import re

LINE_BREAK = re.compile(r"\r\n|\r|\n")

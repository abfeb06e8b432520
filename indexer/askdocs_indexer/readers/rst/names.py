"""The name that a signature of C, C++ or another language declares, without what stands around it.

Authors write signatures as code, with modifiers, types and template parameters, or as a bare name.
"""

from __future__ import annotations

import re

_C_NAME = re.compile(r"(?P<name>[A-Za-z_~]\w*(?:(?:\.|::)~?[A-Za-z_]\w*)*)\s*(?=[(\[=;]|$|:(?!:))")
_C_TEMPLATE = re.compile(r"\s*(?:template\s*<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>\s*)+")
# A comparison stands in brackets inside of them.
_C_ARGUMENTS = re.compile(r"<(?:[^<>()]|\((?:[^()]|\([^()]*\))*\))*>")
# What may stand before a name with an operand in brackets, as a function's name does.
_C_OPERAND = re.compile(
    r"\b(?:alignas|decltype|explicit|requires)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
)
_C_OPERATOR = re.compile(
    r"(?P<name>(?:[A-Za-z_]\w*::)*operator\s*"
    r"(?:\(\)|\[\]|[-+*/%^&|~!=<>,]{1,3}|[A-Za-z_][\w:&* ]*))\s*\("
)
_C_POINTER = re.compile(r"[^()]*\(\s*\*+\s*(?P<name>[A-Za-z_]\w*)\s*\)")
_C_TYPE = re.compile(
    r"\s*(?:(?:class|enum|final|private|protected|public|struct|union|virtual)\s+)*"
    r"(?P<name>[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)*)\s*(?:$|[={<;]|:(?!:)|final\b)"
)
_C_BEFORE_OPERATOR = re.compile(r"\A[^()]*?(?=\boperator\b)")

_NAME = re.compile(r"(?P<name>[A-Za-z_$][\w$]*(?:(?:\.|::|[#/\\-])[\w$]+)*)")
# Words before a declared name; without another name behind them they are the name.
_KEYWORDS = re.compile(
    r"""(?:(?:
        abstract|async|class|const|def|default|enum|export|extern(?:\s*"[^"]*")?|final|fn|func
      | function(?:\*|\s+(?:\w+|\[[^\]]*\])\s*=)?|get|impl(?:\s*<[^<>]*>)?|interface|let|local
      | macro_rules!|mod|mut|namespace|new|package|private|protected|pub(?:\s*\([^()]*\))?|public
      | set|static|struct|trait|type|union|unsafe|var
    )\s+(?=[\w$]))+""",
    re.VERBOSE,
)
# Go's methods: `func (b *Boat) Haul()`.
_RECEIVER = re.compile(
    r"func\s*\(\s*(?:\w+\s+)?\*?\s*(?P<type>[\w.]+)(?:\[[^\[\]]*\])?\s*\)\s*(?=\w)"
)
# Languages that write a type before a name, where the name is known by the sign behind it.
_TYPE_FIRST = frozenset({"cs", "java", "php"})
_BEFORE_SIGN = re.compile(rf"(?<![\w$.]){_NAME.pattern}\s*(?=[(={{;,:]|$)")
_ANNOTATION = re.compile(r"@[\w.]+(?:\([^()]*\))?|\[[^\[\]]*\]")
_HERITAGE = re.compile(r"\s(?:extends|implements|permits|throws|where)\s.*")


def c_name(signature: str) -> str:
    """Return the name that a declaration of C or C++ declares, without template arguments."""
    signature = _C_TEMPLATE.sub("", signature, count=1)
    signature = _C_BEFORE_OPERATOR.sub(
        lambda before: _without_arguments(before[0]), signature, count=1
    )
    match = _C_OPERATOR.search(signature)
    if match is None:
        bare = _C_OPERAND.sub("", _without_arguments(signature))
        match = _C_POINTER.match(bare) or _C_TYPE.match(bare) or _C_NAME.search(bare)
    return "".join(match["name"].split()) if match else ""


def _without_arguments(signature: str) -> str:
    while (shorter := _C_ARGUMENTS.sub("", signature)) != signature:
        signature = shorter
    return signature


def declared_name(signature: str, domain: str) -> str:
    """Return the name that a signature declares in a domain of another language; "" for none."""
    if domain in _TYPE_FIRST:
        bare = _ANNOTATION.sub("", _without_arguments(signature))
        match = _BEFORE_SIGN.search(_HERITAGE.sub("", bare))
        return match["name"] if match else ""
    receiver = _RECEIVER.match(signature)
    keywords = receiver or _KEYWORDS.match(signature)
    match = _NAME.match(signature, keywords.end() if keywords else 0)
    name = match["name"].removeprefix("self.") if match else ""
    return f"{receiver['type']}.{name}" if receiver else name

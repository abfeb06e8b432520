"""Write stdlib.json: what the standard library's modules and classes contain, by public names.

    python3.13 generate_stdlib.py > stdlib.json

Run it with the newest Python at hand and commit the result; the server itself imports none of
these modules. Only names are recorded (no text, no signatures):

- ``classes``: class -> [its public bases in resolution order, its own public members]
- ``modules``: module -> its public names (used for star imports)
- ``aliases``: where else a class or function is defined or exported -> its best-known name
- ``hidden``: the same for names of private modules, which documentation does not use
- ``values``: module-level value -> the class it is an instance of
"""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import json
import pkgutil
import sys
import textwrap
import types
import warnings
from contextlib import redirect_stderr, redirect_stdout

# Importing these runs a program, or needs what a server build of Python may lack.
SKIPPED = {"antigravity", "this", "idlelib", "lib2to3", "turtledemo", "test", "pydoc_data"}
# Implementations whose users know them by another module's name (os, os.path, re, asyncio, ...).
HIDDEN = {"posix", "nt", "posixpath", "ntpath", "genericpath", "pyexpat", "opcode", "nturl2path"}
HIDDEN |= {"encodings", "sre_compile", "sre_constants", "sre_parse", "rlcompleter", "pickletools"}
HIDDEN_STARTS = ("ctypes.macholib", "multiprocessing.popen_", "asyncio.base_", "asyncio.unix_")
# Names of builtins that look private and are not; the last ones are every module's own.
BUILTINS = {"__debug__", "__import__", "__doc__", "__file__", "__name__", "__package__"}
BUILTINS |= {"__loader__", "__spec__"}
# Values of these types get no entry: too many, and their methods are hardly ever used.
UNTYPED = (int, float, tuple, type(None))
PLAIN = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def public_modules() -> dict[str, types.ModuleType]:
    """Import every public module of the standard library, submodules included."""
    sys.modules.setdefault("_tkinter", _tkinter_stand_in())
    found: dict[str, types.ModuleType] = {}
    left_out = SKIPPED | HIDDEN
    queue = sorted(n for n in sys.stdlib_module_names if n[0] != "_" and n not in left_out)
    while queue:
        name = queue.pop(0)
        try:
            module = importlib.import_module(name)
        except (Exception, SystemExit):
            continue
        found[name] = module
        for info in pkgutil.iter_modules(getattr(module, "__path__", ())):
            dotted = f"{name}.{info.name}"
            if info.name[0] != "_" and not dotted.startswith(HIDDEN_STARTS):
                queue.append(dotted)
    found["os.path"] = importlib.import_module("posixpath")
    return found


def _tkinter_stand_in() -> types.ModuleType:
    """Let tkinter be imported where Python was built without Tk: only its classes are read."""
    module = types.ModuleType("_tkinter")
    for name in ("READABLE", "WRITABLE", "EXCEPTION", "TK_VERSION", "TCL_VERSION"):
        setattr(module, name, "0")
    module.TclError = type("TclError", (Exception,), {"__module__": "tkinter"})  # type: ignore[attr-defined]
    return module


def exported(module: types.ModuleType) -> set[str]:
    """The names that a module offers: its ``__all__``, else its public ones."""
    names = set(getattr(module, "__all__", ()))
    if names:
        return names
    return (BUILTINS if module.__name__ == "builtins" else set()) | {
        name
        for name, value in vars(module).items()
        if name[0] != "_" and not isinstance(value, types.ModuleType)
    }


def public_names(modules: dict[str, types.ModuleType]) -> dict[int, str]:
    """Map id(object) -> the dotted name that its users know it by."""
    places: dict[int, list[tuple[str, str]]] = {}
    for module_name, module in modules.items():
        for name in sorted(exported(module) | {n for n in vars(module) if n[0] != "_"}):
            value = getattr(module, name, None)
            if isinstance(value, (type, *PLAIN)):
                places.setdefault(id(value), []).append((module_name, name))
    return {
        key: ".".join(min(found, key=lambda place: _rank(modules, *place))).removeprefix(
            "builtins."
        )
        for key, found in places.items()
    }


def _rank(modules: dict[str, types.ModuleType], module: str, name: str) -> tuple[object, ...]:
    value = getattr(modules[module], name)
    home = getattr(value, "__module__", None) or ""
    own_name = getattr(value, "__name__", name) == name
    is_exported = name in exported(modules[module])
    is_package_of_home = home == module or home.startswith(module + ".")
    return (
        not own_name,
        home == "builtins" and module != "builtins",
        not is_exported,
        not is_package_of_home,
        module.count("."),
        len(module),
        module,
    )


def instance_attributes(cls: type) -> set[str]:
    """Public names that the methods of a class written in Python assign on ``self``."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except Exception:  # No source, or none that can be read back: its attributes stay unknown.
        return set()
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and node.attr[0] != "_"
    }


def private_bases(cls: type, names: dict[int, str]) -> list[type]:
    """The bases without a public name that none of the public bases has inherited already."""
    bases = cls.__mro__[1:-1]
    public = [base for base in bases if id(base) in names]
    return [b for b in bases if b not in public and not any(issubclass(p, b) for p in public)]


def hidden_aliases(modules: dict[str, types.ModuleType], names: dict[int, str]) -> dict[str, str]:
    """The names by which private modules know what public ones export (``_bz2.BZ2File``)."""
    found = {}
    for module_name, module in list(sys.modules.items()):
        is_standard = module_name.partition(".")[0] in sys.stdlib_module_names
        if module_name in modules or module_name == "__main__" or not is_standard:
            continue
        for name, value in vars(module).items():
            public = names.get(id(value)) if isinstance(value, (type, *PLAIN)) else None
            is_home = getattr(value, "__module__", None) == module_name
            if public and name[0] != "_" and (is_home or not hasattr(module, "__file__")):
                found[f"{module_name}.{name}"] = public
    return found


def describe(modules: dict[str, types.ModuleType]) -> dict[str, dict[str, object]]:
    """Collect the tables; see the module's docstring."""
    names = public_names(modules)
    classes: dict[str, object] = {}
    aliases: dict[str, str] = {}
    values: dict[str, str] = {}
    for module_name, module in modules.items():
        known = exported(module) | {n for n in vars(module) if n[0] != "_"}
        for name in sorted(known):
            value = getattr(module, name, None)
            dotted = f"{module_name}.{name}".removeprefix("builtins.")
            if isinstance(value, types.ModuleType):
                continue
            if isinstance(value, (type, *PLAIN)):
                public = names[id(value)]
                if public != dotted:
                    if name in exported(module) or value.__module__ == module_name:
                        aliases[dotted] = public
                elif isinstance(value, type):
                    bases = [names[id(b)] for b in value.__mro__[1:-1] if id(b) in names]
                    members = {n for n in vars(value) if n[0] != "_"}
                    members |= instance_attributes(value)
                    for base in private_bases(value, names):
                        members |= {n for n in vars(base) if n[0] != "_"}
                        members |= instance_attributes(base)
                    classes[dotted] = [" ".join(bases), " ".join(sorted(members))]
                continue
            typed = id(type(value)) in names and not isinstance(value, UNTYPED)
            if typed and name in exported(module):
                values[dotted] = names[id(type(value))]
    hidden = {f"builtins.{name}": name for name in exported(modules["builtins"])}
    hidden |= hidden_aliases(modules, names)
    return {
        "modules": {m: " ".join(sorted(exported(modules[m]))) for m in sorted(modules)},
        "classes": dict(sorted(classes.items())),
        "aliases": dict(sorted(aliases.items())),
        "hidden": dict(sorted(hidden.items())),
        "values": dict(sorted(values.items())),
    }


def main() -> None:
    """Print the tables as JSON, one entry a line so that changes can be read."""
    warnings.simplefilter("ignore")
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        tables = describe(public_modules())
    sections = []
    for title, table in tables.items():
        rows = ",\n".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in table.items())
        sections.append(f"{json.dumps(title)}:{{\n{rows}\n}}")
    print("{" + ",\n".join(sections) + "}")


if __name__ == "__main__":
    main()

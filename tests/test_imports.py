"""The house's walls: which module may import what, and what a start may import."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import askdocs_indexer
import askdocs_server

ROOT = Path(__file__).parent.parent
SOURCES = sorted(ROOT.glob("indexer/**/*.py")) + sorted(ROOT.glob("server/**/*.py"))

# Each of these libraries is known to one module (or package) only.
OWNERS = {
    "pymilvus": "indexer/askdocs_indexer/storage/",
    "milvus_lite": "indexer/askdocs_indexer/storage/",
    "sentence_transformers": "indexer/askdocs_indexer/embedding/loading.py",
    "openvino": "indexer/askdocs_indexer/embedding/openvino_",
    "huggingface_hub": "indexer/askdocs_indexer/embedding/hub.py",
    "tomlkit": "server/askdocs_server/settings/writing.py",
    "tokenizers": "indexer/askdocs_indexer/embedding/window.py",
    "snowballstemmer": "indexer/askdocs_indexer/words/",
    "watchdog": (
        "indexer/askdocs_indexer/ingest/watcher.py",
        "indexer/askdocs_indexer/ingest/inotify.py",
    ),
    "pypdfium2": "indexer/askdocs_indexer/readers/pdf/",
    "vllm": "server/askdocs_server/generation/vllm_child.py",
    "openai": "server/askdocs_server/generation/openai_client.py",
    "mcp": "server/askdocs_server/mcp/",
    "pygls": ("server/askdocs_server/lsp/", "server/askdocs_server/cli/demonstration.py"),
    "lsprotocol": ("server/askdocs_server/lsp/", "server/askdocs_server/cli/demonstration.py"),
    "tree_sitter": (
        "indexer/askdocs_indexer/grammars.py",
        "indexer/askdocs_indexer/languages/",
        "indexer/askdocs_indexer/readers/",
    ),
}

# From top to bottom: a layer imports what is below it. Those on one line do not know each other.
LAYERS = {
    "askdocs_server": (
        ("cli",),
        ("mcp", "doctor"),
        ("daemon",),
        ("lsp",),
        ("host",),
        ("summaries", "expansion"),
        ("answers", "hover"),
        ("generation",),
        ("settings",),
        ("text", "ipc"),
        ("errors",),
    ),
    "askdocs_indexer": (
        ("workspace",),
        ("index", "prune"),
        ("ingest", "retrieval"),
        ("questions", "reranking"),
        ("symbols",),
        ("languages",),
        ("readers", "storage", "embedding"),
        ("record", "standing"),
        ("joining",),
        (
            "types",
            "settings",
            "paths",
            "globs",
            "grammars",
            "lines",
            "file_lock",
            "read_only",
            "slices",
            "system",
            "words",
        ),
        ("errors",),
    ),
}

# What one operating system has and another lacks is known to these alone: the rest runs on all.
SYSTEM_OWNERS = (
    "indexer/askdocs_indexer/system/",
    "indexer/askdocs_indexer/file_lock.py",
    "indexer/askdocs_indexer/paths.py",
    "indexer/askdocs_indexer/ingest/inotify.py",
    "server/askdocs_server/ipc/",
    "server/askdocs_server/generation/process_guard",
)
SYSTEM_MODULES = {"ctypes", "fcntl", "grp", "platformdirs", "posix", "pty", "pwd", "resource"}
SYSTEM_MODULES |= {"signal", "termios", "tty", "watchdog.observers.inotify_c"}
# Attributes, alone or with their module.
SYSTEM_NAMES = {
    "AF_UNIX",
    "MADV_DONTNEED",
    "SO_PEERCRED",
    "add_signal_handler",
    "open_unix_connection",
    "sched_getaffinity",
    "start_unix_server",
}
SYSTEM_NAMES |= {f"os.{name}" for name in ("name", "uname", "sysconf", "nice", "setsid", "fork")}
SYSTEM_NAMES |= {f"os.{name}" for name in ("fchmod", "fchown", "getpgid", "getpgrp", "getuid")}
SYSTEM_NAMES |= {
    f"os.{name}" for name in ("geteuid", "getgid", "kill", "killpg", "pread", "pwrite")
}
SYSTEM_NAMES |= {f"os.{name}" for name in ("O_CLOEXEC", "O_NONBLOCK", "O_NOFOLLOW", "O_DIRECTORY")}
SYSTEM_NAMES |= {"sys.platform", "platform.system", "platform.mac_ver", "platform.release"}
SYSTEM_FOLDERS = ("/proc", "/sys/", "/dev/shm", "/dev/dxg", "/run/")

# Imported where they are used, not at the top of a module.
LATE = {
    "huggingface_hub",
    "tokenizers",
    "tomlkit",
    "openai",
    "openvino",
    "pymilvus",
    "sentence_transformers",
    "torch",
    "transformers",
    "vllm",
}
# What no start waits for.
HEAVY = LATE | {"askdocs_server.host.host", "lsprotocol", "numpy", "pygls", "rich", "watchdog"}
# The code of a start, and what that one does not wait for either.
STARTS: dict[str, tuple[str, set[str]]] = {
    "the API": ("import askdocs_indexer, askdocs_server", {"asyncio"}),
    "any command": ("import askdocs_server.cli.parser as parser; parser.build_parser()", set()),
    "an editor's pipe": (
        "import askdocs_server.cli.parser, askdocs_server.cli.lsp\n"
        "import askdocs_server.daemon.connect, askdocs_server.daemon.forwarder",
        {"asyncio", "hashlib", "logging", "platformdirs", "ssl", "subprocess"}
        | {"askdocs_indexer.types"},
    ),
    "an agent's command": ("import askdocs_server.cli.parser, askdocs_server.cli.mcp", {"mcp"}),
    "an agent's server": (
        "import askdocs_server.cli.parser, askdocs_server.cli.mcp, askdocs_server.mcp.server",
        set(),
    ),
}


def imports(path: Path, *, top_level: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    nodes = ast.iter_child_nodes(tree) if top_level else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_libraries_have_one_owner(path: Path) -> None:
    for name in imports(path):
        owner = OWNERS.get(name.partition(".")[0])
        assert owner is None or relative(path).startswith(owner), (
            f"{relative(path)} imports {name}, which belongs to {owner}"
        )


def system_matters(path: Path) -> Iterator[str]:
    """Yield what a module uses that not every operating system has."""
    yield from (name for name in imports(path) if name in SYSTEM_MODULES)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            whole = f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""
            yield from {node.attr, whole} & SYSTEM_NAMES
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (folder for folder in SYSTEM_FOLDERS if node.value.startswith(folder))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_what_differs_between_systems_has_few_owners(path: Path) -> None:
    owned = relative(path).startswith(SYSTEM_OWNERS)
    assert owned or not list(system_matters(path)), relative(path)


@pytest.mark.parametrize("owner", SYSTEM_OWNERS)
def test_each_owner_owns_something(owner: str) -> None:
    assert any(any(system_matters(p)) for p in SOURCES if relative(p).startswith(owner))


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if "indexer" in path.parts], ids=relative
)
def test_the_indexer_does_not_know_the_server(path: Path) -> None:
    assert not [name for name in imports(path) if name.startswith("askdocs_server")]


def layer_of(module: str) -> tuple[str, str, int]:
    """The package, the part of it and how far down that is; -1 for the package itself."""
    package, _, rest = module.partition(".")
    part = rest.partition(".")[0]
    depths = [depth for depth, parts in enumerate(LAYERS[package]) if part in parts]
    assert depths or not part, f"{module} is in no layer"
    return package, part, depths[0] if depths else -1


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.name != "__init__.py" or path.parents[2] != ROOT]
)
def test_imports_run_downwards(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts[1:])
    package, part, depth = layer_of(module.removesuffix(".__init__"))
    for name in imports(path):
        if name.partition(".")[0] == package and "." in name:
            _, other, other_depth = layer_of(name)
            assert other == part or other_depth > depth, f"{module} imports {name}"


def test_errors_have_one_root() -> None:
    """They stand in each package's errors.py, but for one that a library's class is part of."""
    elsewhere = {"askdocs_server.lsp.protocol.RefusedError"}
    for path in SOURCES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts[1:])
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.endswith(("Error", "Exception")):
                name = f"{module}.{node.name}"
                assert module.endswith(".errors") or name in elsewhere, name
                error = getattr(importlib.import_module(module), node.name)
                assert issubclass(error, askdocs_indexer.AskdocsError), name


@pytest.mark.parametrize("package", [askdocs_indexer, askdocs_server], ids=lambda one: one.__name__)
def test_the_api_is_at_the_tops(package: ModuleType) -> None:
    """What type checkers see and what is imported are the same names."""
    tree = ast.parse(Path(str(package.__file__)).read_text("utf-8"))
    typed = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("askdocs_")
        for alias in node.names
    }
    assert sorted(typed) == package.__all__ == sorted(package._HOME_OF)
    for name, home in typed.items():
        assert getattr(package, name) is getattr(importlib.import_module(str(home)), name)
    with pytest.raises(AttributeError):
        _ = package.nothing


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_heavy_libraries_are_imported_late(path: Path) -> None:
    found = {name.partition(".")[0] for name in imports(path, top_level=True)}
    assert not found & LATE


@pytest.mark.parametrize("start", STARTS)
def test_a_start_imports_nothing_heavy(start: str) -> None:
    code, more = STARTS[start]
    code += f"\nimport sys\nprint(*sorted({HEAVY | more} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_look_at_an_index_imports_no_reader() -> None:
    code = "import sys, askdocs_server.host.host\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert "askdocs_indexer.ingest.formats" in imported
    assert [name for name in imported if name.endswith((".reader", ".docs"))] == []

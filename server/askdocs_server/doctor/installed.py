"""Looks at Python and the packages, without importing them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from dataclasses import replace

from askdocs_server.doctor.check import REINSTALL, Check
from askdocs_server.errors import GenerationError
from askdocs_server.settings.model import LlmSettings

_OLDEST_PYTHON = (3, 11)

# Distribution, import name, what it is for.
PACKAGES = (
    ("pymilvus", "pymilvus", "talks to the vector database"),
    ("milvus-lite", "milvus_lite", "the vector database"),
    ("sentence-transformers", "sentence_transformers", "runs embedding models"),
    ("torch", "torch", "computes for sentence-transformers"),
    ("pygls", "pygls", "speaks to editors"),
    ("watchdog", "watchdog", "sees changes on disk"),
    ("tree-sitter", "tree_sitter", "finds the symbol under the cursor"),
    ("openai", "openai", "speaks to the answer model"),
)


def check_python(version: tuple[int, ...]) -> Check:
    """Look at the Python version, as (major, minor)."""
    detail = f"{platform.python_version()} at {sys.executable}"
    if version < _OLDEST_PYTHON:
        return Check("python", "broken", detail, "Install Python 3.11 or later.")
    return Check("python", "good", detail)


def check_package(distribution: str, module: str, purpose: str) -> Check:
    """Look whether a package is installed, without importing it."""
    try:
        version = importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return Check(distribution, "broken", f"missing; {purpose}", REINSTALL)
    if importlib.util.find_spec(module) is None:
        detail = f"{version} is registered, but its files are missing"
        return Check(distribution, "broken", detail, REINSTALL)
    return Check(distribution, "good", version)


def check_openvino() -> Check:
    """Look whether OpenVINO is installed, without which sentence-transformers serves, slower."""
    check = check_package("openvino", "openvino", "the bundled embedding model is slow without it")
    return replace(check, verdict="warning") if check.verdict == "broken" else check


def check_vllm(llm: LlmSettings) -> Check:
    """Look which build of vLLM is there; an endpoint or `llm.mode = off` needs none."""
    from askdocs_server.generation.vllm_child import installed_build

    if llm.mode == "off":
        return Check("vllm", "good", "not needed: llm.mode is off")
    try:
        return Check("vllm", "good", f"{installed_build()} build")
    except GenerationError as error:
        if llm.endpoint and llm.mode in ("auto", "endpoint"):
            return Check("vllm", "good", "not installed, and not needed: llm.endpoint is set")
        return Check("vllm", "warning", "not installed; answers are passages", str(error))

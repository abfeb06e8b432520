"""Looks at the GPU and at what vLLM's CUDA build needs besides."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

from askdocs_server.doctor.check import Check
from askdocs_server.generation.gpu.card import Selection

# By CUDA version: the oldest Linux driver that runs programs built with it.
_OLDEST_DRIVER = {12: 525, 13: 580}


def check_gpu(selection: Selection, *, wanted: bool) -> Iterator[Check]:
    """Say which CUDA GPU would be used. Its absence is only a fault if vLLM is `wanted` on it."""
    gpu = selection.gpu
    if gpu is None and wanted:
        detail = "none can be used, but vLLM's CUDA build is installed"
        yield Check("gpu", "warning", detail, selection.problem)
    elif gpu is None:
        yield Check("gpu", "good", "none seen; the models run on the CPU")
    else:
        memory = f"{gpu.free_gib:.0f} of {gpu.total_gib:.0f} GiB free"
        shared = ", shared with the machine" if gpu.unified else ""
        yield Check("gpu", "good", f"{gpu.name}, {memory}{shared}")
    if gpu is not None and wanted:
        yield check_driver(selection.driver, cuda_version())
        yield check_compiler(Path(sysconfig.get_path("include")), os.environ)


def cuda_version() -> int:
    """The CUDA version (13 for 13.0) that the installed torch was built with; 0 if unknown."""
    for distribution, pattern in (("nvidia-cuda-runtime", r"(\d+)"), ("torch", r".*\+cu(\d\d)")):
        try:
            version = re.match(pattern, importlib.metadata.version(distribution))
        except importlib.metadata.PackageNotFoundError:
            continue
        if version:
            return int(version[1])
    return 0


def check_driver(driver: str, cuda: int) -> Check:
    """Look whether the driver is new enough for the CUDA version of torch and vLLM."""
    oldest = _OLDEST_DRIVER.get(cuda, 0)
    version = re.match(r"\d+", driver)
    if version is None or int(version[0]) >= oldest:
        return Check("driver", "good", driver or "version unknown")
    detail = f"{driver} is too old for CUDA {cuda}, which vLLM is built with"
    return Check("driver", "warning", detail, f"Install driver {oldest} or newer.")


def check_compiler(headers: Path, environment: Mapping[str, str]) -> Check:
    """Look for what Triton compiles with when vLLM starts. `headers` should hold Python.h."""
    missing = [] if any(map(shutil.which, ("cc", "gcc", "clang"))) else ["a C compiler"]
    if not (headers / "Python.h").is_file():
        missing.append(f"Python.h in {headers}")
    if missing:
        step = "Install gcc and Python's headers (Debian: `apt install gcc python3-dev`)."
        detail = f"vLLM compiles when it starts, and this is missing: {', '.join(missing)}"
        return Check("compiler", "warning", detail, step)
    if environment.get("VLLM_USE_FLASHINFER_SAMPLER", "0") != "0" and not shutil.which("nvcc"):
        step = "Unset VLLM_USE_FLASHINFER_SAMPLER, or install the CUDA toolkit."
        detail = "FlashInfer's sampler is asked for, and there is no nvcc to compile it"
        return Check("compiler", "warning", detail, step)
    return Check("compiler", "good", "a C compiler and Python.h; nvcc is not needed")

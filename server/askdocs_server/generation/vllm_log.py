"""What vLLM's log means: how far its start is, or what went wrong and the next step."""

from __future__ import annotations

import re

from askdocs_server.generation.models import LLAMA_4BIT

_PREFIX = re.compile(r"^(?:\([^)]*pid=\d+\) )?(?:[A-Z]+ [\d-]+ [\d:]+ \[[^\]]*\] ?)?")
_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Interrupt)\b.*|^The server was ended by .*")

# The stages of a start in their order. A group is the percentage of the stage that is done.
_STAGES = (
    (re.compile(r"non-default args|Resolved architecture"), "Starting vLLM"),
    (re.compile(r"Retrying in \d+s"), "Trying to reach the hub"),
    (re.compile(r"Initializing a V1 LLM engine"), "Starting the engine"),
    (re.compile(r"\.(?:safetensors|bin)(?:: +|\.\.\. *)(\d+)%\|"), "Downloading the model"),
    (re.compile(r"Starting to load model|Loading model from scratch"), "Loading the weights"),
    (re.compile(r"checkpoint shards: +(\d+)% Completed"), "Loading the weights"),
    (re.compile(r"Dynamo bytecode transform|Compiling a graph|torch\.compile takes"), "Compiling"),
    (re.compile(r"Capturing CUDA graphs?[^:\n]*: +(\d+)%"), "Capturing CUDA graphs"),
    (re.compile(r"Starting vLLM server on"), "Opening the server"),
)

_CHANGE_MODEL = "set llm.model to a local folder or to bundled"
_UNGATED = f"set llm.model to {LLAMA_4BIT.name}, which is not gated"
_NEXT_STEPS = (
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "The hub's certificate is not trusted, as behind a proxy with a certificate authority of "
        "its own: set SSL_CERT_FILE and REQUESTS_CA_BUNDLE to a file that holds that authority, "
        f"or {_CHANGE_MODEL}.",
    ),
    (
        r"Invalid (?:credentials|user token|username or password)",
        "The hub refused HF_TOKEN: make a new token on Hugging Face and set HF_TOKEN to it, or "
        f"{_CHANGE_MODEL}.",
    ),
    (
        r"is not a valid model identifier|Repository Not Found|Invalid repository ID",
        "The hub has no such model, or hides it from you: check the spelling of llm.model, and set "
        f"HF_TOKEN for a private one, or {_CHANGE_MODEL}.",
    ),
    (
        r"not in the authorized list|awaiting a review|403 Client Error",
        "The model is gated: accept its licence on its Hugging Face page with the account that "
        f"`hf auth login` or HF_TOKEN names and wait for the approval, or {_UNGATED}.",
    ),
    (
        r"gated repo|401 Client Error",
        "The model is gated: accept its licence on its Hugging Face page and run `hf auth login`, "
        f"or set HF_TOKEN, or {_UNGATED}.",
    ),
    (
        r"No space left on device",
        "The disk is full: make room in the folder of HF_HOME, or set HF_HOME to a folder on "
        "another disk.",
    ),
    (
        r"Could not find nvcc|nvcc: (?:command )?not found|CUDA_HOME (?:environment|is not set)",
        "FlashInfer compiles with nvcc, which is not there: unset VLLM_USE_FLASHINFER_SAMPLER, or "
        "install the CUDA toolkit and set CUDA_HOME.",
    ),
    (
        r"Failed to find C compiler|Python\.h: No such file",
        "vLLM compiles small parts when it starts: install gcc and Python's headers (Debian: "
        "`apt install gcc python3-dev`).",
    ),
    (
        r"No CUDA GPUs are available|Failed to infer device type|Found no NVIDIA driver|"
        r"out of\s+bounds for \d+ devices|CUDA driver initialization failed|"
        r"no CUDA-capable device|invalid device ordinal|forward compatibility was attempted|"
        r"driver version is insufficient|driver on your system is too old|"
        r"no kernel image is available|libcuda\.so|CUDA unknown error",
        "CUDA cannot use the GPU: install driver 580 or newer, which CUDA 13 needs; check "
        "CUDA_VISIBLE_DEVICES; start a container with access to the GPU (for Docker: --gpus all). "
        "Or install the CPU build with `make setup`, or set llm.endpoint.",
    ),
    (
        r"out of memory|Free memory on device|Available memory on node|No available memory|"
        r"KV cache is needed|Cannot allocate|MemoryError|DefaultCPUAllocator|"
        r"ended by signal 9\b|died unexpectedly",
        "There is too little memory: close other programs, lower llm.gpuMemoryGiB, or choose a "
        "smaller llm.model.",
    ),
    (
        r"LocalEntryNotFound|couldn't connect to|ConnectionError|ConnectError|ProxyError|"
        r"Temporary failure|Network is unreachable",
        "The model cannot be downloaded: check the network (HTTPS_PROXY, HF_ENDPOINT), or "
        f"{_CHANGE_MODEL}.",
    ),
)


def progress(log_tail: str) -> str:
    """How far a start is, as a sentence with a percentage where there is one; "" if unknown."""
    latest: tuple[int, str, str] | None = None
    for pattern, stage in _STAGES:
        for match in pattern.finditer(log_tail):
            percent = match[1] if pattern.groups else ""
            if latest is None or match.start() > latest[0]:
                latest = (match.start(), stage, percent)
    if latest is None:
        return ""
    _, stage, percent = latest
    return f"{stage}, {percent} %." if percent else f"{stage}."


def explain(log_tail: str) -> str:
    """What the end of the log says went wrong, with the next step where it is known."""
    lines = [_PREFIX.sub("", line).strip() for line in log_tail.splitlines()]
    lines = [line.rstrip(":") for line in lines if line]
    errors = [line for line in lines if _EXCEPTION.match(line)]
    # The engine's own error comes first; what follows from it is only "see root cause above".
    telling = [line for line in errors if "root cause" not in line] or errors or lines[-1:]
    reason = telling[-1][:300].rstrip(".") if telling else "it wrote no message"
    for pattern, step in _NEXT_STEPS:
        if re.search(pattern, log_tail, re.IGNORECASE):
            return f"{reason}. {step}"
    return reason

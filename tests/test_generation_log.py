"""What a log of vLLM means. The texts in vllm_logs/ are real ends of logs, without tracebacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from askdocs_server.generation.vllm_log import explain, progress

LOGS = Path(__file__).parent / "vllm_logs"


def check(log: str, *words: str) -> None:
    said = explain(log)
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gated", ("gated", "accept its licence", "`hf auth login`", "AWQ-INT4, which is not")),
        ("review", ("gated", "`hf auth login` or HF_TOKEN", "AWQ-INT4, which is not gated")),
        ("badtoken", ("refused HF_TOKEN", "new token")),
        ("missing", ("no such model", "spelling of llm.model")),
        ("ssl", ("certificate is not trusted", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")),
        ("down", ("cannot be downloaded", "HTTPS_PROXY", "local folder")),
    ],
)
def test_what_the_hub_refused_is_named_with_the_next_step(
    name: str, words: tuple[str, ...]
) -> None:
    check((LOGS / f"{name}.txt").read_text(), "Error: ", *words)


MEMORY = ("too little memory", "llm.gpuMemoryGiB")
NO_GPU = ("driver 580 or newer", "CUDA_VISIBLE_DEVICES", "--gpus all", "make setup")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", ("it wrote no message",)),
        ("INFO 11-22 18:55:49 [launcher.py:254] loading\nlast words", ("last words",)),
        (
            "(EngineCore pid=7) ERROR 11-22 18:55:49 [core.py:9] ValueError: bad shape\n"
            "(APIServer pid=5) RuntimeError: Engine failed. See root cause above.",
            ("ValueError: bad shape",),
        ),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried 2 GiB", MEMORY),
        (
            "ValueError: Free memory on device cuda:0 (10.1/79.2 GiB) on startup is less than "
            "desired GPU memory utilization (0.287, 22.73 GiB).",
            MEMORY,
        ),
        (
            "ValueError: To serve at least one request with the models's max seq len (16384), "
            "(2.0 GiB KV cache is needed, which is larger than the available KV cache memory",
            MEMORY,
        ),
        ("INFO loading\nThe server was ended by signal 9.", ("ended by signal 9", *MEMORY)),
        ("The server was ended by signal 11.", ("ended by signal 11",)),
        (
            "(APIServer pid=5) ERROR 11-22 18:55:49 [core_client.py:9] Engine core proc EngineCore "
            "died unexpectedly, shutting down client.",
            MEMORY,
        ),
        ("OSError: [Errno 28] No space left on device", ("disk is full", "HF_HOME")),
        ("RuntimeError: No CUDA GPUs are available", NO_GPU),
        (
            "AssertionError: DP adjusted local rank 0 is out of bounds for 0 devices.",
            ("out of bounds for 0 devices", *NO_GPU),
        ),
        ("AssertionError: DP adjusted local rank 0 is out of\nbounds for 0 devices.", NO_GPU),
        ("RuntimeError: CUDA driver initialization failed, you might not have a CUDA gpu.", NO_GPU),
        ("RuntimeError: CUDA unknown error - this may be due to an incorrectly set up", NO_GPU),
        (
            "RuntimeError: Could not find nvcc and default cuda_home='/usr/local/cuda' doesn't "
            "exist",
            ("nvcc", "unset VLLM_USE_FLASHINFER_SAMPLER"),
        ),
        (
            "RuntimeError: Failed to find C compiler. Please specify via CC environment variable.",
            ("gcc", "python3-dev"),
        ),
        (
            "/tmp/t/cuda_utils.c:6:10: fatal error: Python.h: No such file or directory\n"
            "subprocess.CalledProcessError: Command '['/usr/bin/gcc'",
            ("gcc", "python3-dev"),
        ),
        ("RuntimeError: Failed to infer device type, please set", NO_GPU),
        ("RuntimeError: The NVIDIA driver on your system is too old (found 11040).", NO_GPU),
    ],
)
def test_what_went_wrong_is_put_into_words(log: str, words: tuple[str, ...]) -> None:
    check(log, *words)


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("", ""),
        ("(APIServer pid=7) INFO [api_utils.py:286] non-default args: {}", "Starting vLLM."),
        ("INFO [core.py:133] Initializing a V1 LLM engine (v0.32.0)", "Starting the engine."),
        ("Retrying in 8s [Retry 4/5].", "Trying to reach the hub."),
        (
            "model-00001-of-00004.safetensors:  12%|#2        | 587M/4.98G [00:09<01:10]",
            "Downloading the model, 12 %.",
        ),
        (
            "Starting to load model\nLoading safetensors checkpoint shards:  50% Completed | 2/4",
            "Loading the weights, 50 %.",
        ),
        (
            "INFO [monitor.py:34] torch.compile takes 20.31 s in total\n"
            "Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  40%|####      | 14/35",
            "Capturing CUDA graphs, 40 %.",
        ),
        # As vLLM 0.26 wrote it on an H200.
        (
            "(EngineCore pid=1023) INFO 11-27 04:43:09 [model_runner.py:284] Loading model from "
            "scratch...",
            "Loading the weights.",
        ),
        (
            "Loading safetensors checkpoint shards: 100% Completed | 33/33 [00:03<00:00, 8.4it/s]\n"
            "(EngineCore pid=1) INFO 11-27 04:47:09 [model_runner.py:305] Model loading took 15.0\n"
            "Capturing CUDA graphs (FULL):  43%|####3     | 3/7 [00:00<00:00,  9.34it/s]",
            "Capturing CUDA graphs, 43 %.",
        ),
        ("INFO [entry.py:140] Starting vLLM server on unix:/s", "Opening the server."),
    ],
)
def test_the_log_tells_how_far_a_start_is(log: str, expected: str) -> None:
    assert progress(log) == expected

"""Which GPU is used, over what drivers say: recorded, or as their documentation shows it.

H200 was recorded on the machine of docs/benchmarks.md; the others are what users of such cards
report of `nvidia-smi`.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from askdocs_server.generation.gpu import survey
from askdocs_server.generation.gpu.card import Gpu, Survey, select
from askdocs_server.generation.gpu.survey import (
    read_smi,
    select_gpu,
    with_instances,
)

MEMORY = {"MemTotal": 120.0, "MemAvailable": 100.0}

H200 = (
    "NVIDIA H200, GPU-1fae2ba7-b17b-f18b-6ec5-f548114af4fd, 143771, 143156, 9.0, 580.159.04, "
    "Disabled\n"
)
TWO_CARDS = (
    "NVIDIA GeForce RTX 4090, GPU-aaaa1111-0000, 24564, 3021, 8.9, 580.65.06, [N/A]\n"
    "NVIDIA RTX A4000, GPU-bbbb2222-0000, 16376, 15900, 8.6, 580.65.06, [N/A]\n"
)
OLD_AND_NEW = (
    "NVIDIA GeForce GTX 1080 Ti, GPU-cccc3333-0000, 11264, 11000, 6.1, 580.65.06, [N/A]\n"
    "NVIDIA GeForce RTX 2060, GPU-dddd4444-0000, 6144, 5900, 7.5, 580.65.06, [N/A]\n"
)
GB10 = "NVIDIA GB10, GPU-2dee1e25-b3b5, [N/A], [N/A], 12.1, 580.126.09, [N/A]\n"
JETSON = "Orin (nvgpu), [N/A], [N/A], [N/A], [N/A], 540.4.0, [N/A]\n"
MIG = (
    "NVIDIA A100-SXM4-40GB, GPU-5d5ba0d6-d33d, 40960, 40536, 8.0, 580.65.06, Enabled\n"
    "NVIDIA A100-SXM4-40GB, GPU-6e6cb1e7-e44e, 40960, 9000, 8.0, 580.65.06, Disabled\n"
)
MIG_LIST = (
    "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d)\n"
    "  MIG 3g.20gb     Device  0: (UUID: MIG-c6d4f1ef-42e4)\n"
    "  MIG 1c.3g.20gb  Device  1: (UUID: MIG-cba663e8-9bed)\n"
    "  MIG 1g.5gb+me   Device  2: (UUID: MIG-8b6f6d3c-0a1b)\n"
    "GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-6e6cb1e7-e44e)\n"
)
LOST = (
    "NVIDIA L4, GPU-eeee5555-0000, [GPU is lost], [GPU is lost], 8.9, 580.65.06, [N/A]\n"
    "NVIDIA L4, GPU-ffff6666-0000, 23034, 22000, 8.9, 580.65.06, [N/A]\n"
)


def surveyed(output: str, listing: str = "") -> Survey:
    found, divided = read_smi(output, MEMORY)
    return with_instances(found, divided, listing) if divided else found


def check(output: str, visible: str | None, expected: str, listing: str = "") -> Gpu:
    """See which GPU is selected, by the beginning of its name and UUID."""
    gpu = select(surveyed(output, listing), visible).gpu
    assert gpu is not None
    assert f"{gpu.name} {gpu.uuid}".startswith(expected), gpu
    return gpu


def test_one_card() -> None:
    gpu = check(H200, None, "NVIDIA H200 GPU-1fae2ba7-b17b-f18b-6ec5-f548114af4fd")
    assert gpu == Gpu(
        "NVIDIA H200", 143771 / 1024, 143156 / 1024, 9.0, "GPU-1fae2ba7-b17b-f18b-6ec5-f548114af4fd"
    )
    assert select(surveyed(H200), None).driver == "580.159.04"


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, "NVIDIA RTX A4000 GPU-bbbb2222"),  # The one with more free memory.
        ("0", "NVIDIA GeForce RTX 4090 GPU-aaaa1111"),
        (" 1 ", "NVIDIA RTX A4000"),
        ("0,1", "NVIDIA RTX A4000"),
        ("GPU-aaaa", "NVIDIA GeForce RTX 4090"),
        ("0,7,1", "NVIDIA GeForce RTX 4090"),  # As in CUDA, nothing after 7 is seen.
    ],
)
def test_of_several_cards_the_one_with_most_free_memory(visible: str | None, expected: str) -> None:
    check(TWO_CARDS, visible, expected)


def test_a_card_that_vllm_has_no_code_for_is_passed_over() -> None:
    check(OLD_AND_NEW, None, "NVIDIA GeForce RTX 2060")


@pytest.mark.parametrize(("output", "capability"), [(GB10, 12.1), (JETSON, 0.0)])
def test_unified_memory_is_the_machines(output: str, capability: float) -> None:
    gpu = check(output, None, output.partition(",")[0])
    assert (gpu.total_gib, gpu.free_gib, gpu.unified) == (120.0, 100.0, True)
    assert gpu.capability == capability
    assert gpu.has_bfloat16
    assert gpu.uuid == ("" if capability == 0.0 else "GPU-2dee1e25-b3b5")


@pytest.mark.parametrize(
    ("visible", "expected", "gib"),
    [
        (None, "NVIDIA A100-SXM4-40GB MIG 3g.20gb MIG-c6d4f1ef-42e4", 20.0),
        ("0", "NVIDIA A100-SXM4-40GB MIG 3g.20gb MIG-c6d4f1ef-42e4", 20.0),
        ("1", "NVIDIA A100-SXM4-40GB GPU-6e6cb1e7", 40.0),
        ("MIG-8b6f", "NVIDIA A100-SXM4-40GB MIG 1g.5gb+me MIG-8b6f6d3c-0a1b", 5.0),
        ("MIG-cba663e8-9bed", "NVIDIA A100-SXM4-40GB MIG 1c.3g.20gb MIG-cba663e8", 20.0),
    ],
)
def test_a_mig_instance_stands_for_its_card(visible: str | None, expected: str, gib: float) -> None:
    assert check(MIG, visible, expected, MIG_LIST).total_gib == gib


def test_a_lost_card_is_passed_over() -> None:
    check(LOST, None, "NVIDIA L4 GPU-ffff6666")
    check(LOST, "1", "NVIDIA L4 GPU-ffff6666")


@pytest.mark.parametrize(
    ("found", "visible", "words"),
    [
        (Survey(), None, ("shows no GPU", "--gpus all")),
        (Survey(problem="It hangs."), None, ("It hangs.",)),
        (surveyed(OLD_AND_NEW), "0", ("GTX 1080 Ti", "capability 6.1", "7.5", "llm.endpoint")),
        (surveyed(TWO_CARDS), "", ("hides every GPU", "Unset it")),
        (surveyed(TWO_CARDS), "-1", ("'-1'", "hides every GPU")),
        (surveyed(TWO_CARDS), "NoDevFiles", ("hides every GPU",)),
        (surveyed(MIG.splitlines()[0], MIG_LIST.splitlines()[0]), None, ("no instances",)),
        (surveyed(LOST.splitlines()[0]), None, ("fails",)),
    ],
)
def test_without_a_usable_gpu_the_next_step_is_named(
    found: Survey, visible: str | None, words: tuple[str, ...]
) -> None:
    selection = select(found, visible)
    assert selection.gpu is None
    for word in words:
        assert word in selection.problem


@pytest.fixture
def no_nvml(monkeypatch: pytest.MonkeyPatch) -> None:
    """nvidia-ml-py is not installed."""
    real = importlib.util.find_spec

    def find(name: str) -> ModuleSpec | None:
        return None if name == "pynvml" else real(name)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def pretend(folder: Path, script: str, mode: int = 0o755) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "nvidia-smi").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "nvidia-smi").chmod(mode)


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(survey, "WSL_FOLDER", tmp_path / "none")
    return tmp_path


PRINTS_MIG = f"if [ $1 = -L ]; then echo '{MIG_LIST}'; else echo '{MIG}'; fi"


@pytest.mark.usefixtures("no_nvml")
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (f"printf %s '{H200}'", "NVIDIA H200"),
        (PRINTS_MIG, "NVIDIA A100-SXM4-40GB MIG 3g.20gb"),
    ],
)
async def test_a_gpu_is_found_through_nvidia_smi(
    script: str, expected: str, bin_folder: Path
) -> None:
    pretend(bin_folder, script)
    gpu = (await select_gpu()).gpu
    assert gpu is not None
    assert gpu.name == expected


@pytest.mark.usefixtures("no_nvml")
async def test_wsl_keeps_nvidia_smi_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path / "wsl", f"printf %s '{H200}'")
    monkeypatch.setattr(survey, "WSL_FOLDER", tmp_path / "wsl")
    monkeypatch.setenv("PATH", "/nowhere")
    assert (await select_gpu()).gpu is not None


@pytest.mark.usefixtures("no_nvml")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18",
            ("version mismatch", "Reboot"),
        ),
        (
            'echo "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver."'
            "; exit 9",
            ("couldn't communicate", "driver is installed and loaded"),
        ),
        (
            "echo 'Field \"compute_cap\" is not a valid field to query.'; exit 2",
            ("not a valid field", "newer driver"),
        ),
        ("exit 6", ("no message",)),
        ("exec sleep 9", ("no answer",)),
    ],
)
async def test_a_failing_driver_is_reported(
    script: str, words: tuple[str, ...], bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "_LIMIT_SECONDS", 0.3)
    pretend(bin_folder, script)
    selection = await select_gpu()
    assert selection.gpu is None
    for word in ("nvidia-smi", *words):
        assert word in selection.problem


@pytest.mark.usefixtures("no_nvml")
async def test_a_program_that_cannot_be_executed(bin_folder: Path) -> None:
    (bin_folder / "nvidia-smi").write_bytes(b"\x7fELF, but of another machine")
    (bin_folder / "nvidia-smi").chmod(0o755)
    assert "cannot be executed" in (await select_gpu()).problem


async def test_nvml_without_a_driver_leads_to_nvidia_smi(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nvidia-ml-py is installed here, and the driver's library is not."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    pretend(bin_folder, f"printf %s '{H200}'")
    gpu = (await select_gpu()).gpu
    assert gpu is not None
    assert gpu.name == "NVIDIA H200"

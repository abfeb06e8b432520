"""Per-model settings: one small table, and what a name alone tells about any other model."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

SMALL_MODEL_PARAMETERS = 2e9
"""Below this many parameters a model is not trusted with sentences its passages do not support."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a model chooses its words; None for `temperature` or `top_p` is the model's own.

    A `seed` makes the same prompt give the same text; None leaves it to chance.
    """

    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = 0


OWN_SAMPLING = Sampling()
"""The model's own, which is repeatable."""


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """How to prompt one model and how far to trust it.

    `weights_gib` is its size in memory (GiB; 0 = unknown), `kv_kib_per_token` what each token of a
    context takes beside it (KiB). `context_tokens` bounds prompt plus answer. `prompt_passages` is
    how many of the retrieved passages it is shown (0 = all). `prefill` opens the answer in the
    model's name and is not streamed back. `temperature` and `top_p` count where a request's
    Sampling has none. `frequency_penalty` keeps a model from repeating itself (0: not at all); it
    spares what stands in the prompt, so quoting costs nothing. `control_tokens` are those that its
    tokenizer does not read as text, as far as they are known.
    """

    name: str
    small: bool = False
    weights_gib: float = 0.0
    kv_kib_per_token: float = 128.0
    context_tokens: int = 16384
    prompt_passages: int = 0
    prefill: str = ""
    temperature: float = 0.2
    top_p: float = 0.95
    stop: tuple[str, ...] = ()
    frequency_penalty: float = 0.0
    control_tokens: tuple[str, ...] = ()

    def completed(self, sampling: Sampling) -> Sampling:
        """The sampling with the model's own values where it has none."""
        return replace(
            sampling,
            temperature=_first(sampling.temperature, self.temperature),
            top_p=_first(sampling.top_p, self.top_p),
        )


BUNDLED = ModelProfile(
    name="SmolLM2-135M-Instruct",
    small=True,
    weights_gib=0.26,
    kv_kib_per_token=22.5,
    context_tokens=4096,
    prompt_passages=1,
    prefill="According to the documentation,",
    temperature=0.0,
    top_p=1.0,
    stop=("\n\nQuestion",),
    frequency_penalty=0.3,
)
LLAMA = ModelProfile(name="meta-llama/Llama-3.1-8B-Instruct", weights_gib=15.0)
LLAMA_4BIT = ModelProfile(
    name="hugging-quants/Meta-Llama-3.1-8B-Instruct-AWQ-INT4", weights_gib=5.4
)
DEFAULT = ModelProfile(name="")

_KNOWN = {profile.name.lower(): profile for profile in (BUNDLED, LLAMA, LLAMA_4BIT)}
_GGUF = re.compile(r"(?:[.-](?:i?q\d\w*|b?f16|f32))?\.gguf$")
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)([bm])(?![a-z])", re.IGNORECASE)

_FOUR_BITS = re.compile(r"awq|gptq|int4|w4a16|4-?bit|nvfp4|mxfp4", re.IGNORECASE)
_EIGHT_BITS = re.compile(r"fp8|int8|w8a8|w8a16|8-?bit", re.IGNORECASE)


def profile_for(name: str) -> ModelProfile:
    """The profile of a model id or folder name.

    An unlisted model gets the defaults; its size is read from its name, as in `Qwen2.5-0.5B`.
    """
    folder_or_file = name.lower().rsplit("/", 1)[-1]
    known = _KNOWN.get(name.lower()) or _KNOWN.get(_GGUF.sub("", folder_or_file))
    if known is not None:
        return replace(known, name=name)
    parameters = _parameters(name)
    return replace(
        DEFAULT,
        name=name,
        small=0 < parameters < SMALL_MODEL_PARAMETERS,
        weights_gib=parameters * _bytes_per_parameter(name) / 2**30,
    )


def _first(value: float | None, default: float) -> float:
    return default if value is None else value


def _bytes_per_parameter(name: str) -> float:
    """Two, unless the name says that the weights are quantised (scales are counted in)."""
    if _FOUR_BITS.search(name):
        return 0.7
    return 1.1 if _EIGHT_BITS.search(name) else 2.0


def _parameters(name: str) -> float:
    """The number of parameters that a model's name states; 0 where it states none."""
    sizes = _SIZE.findall(name.rsplit("/", 1)[-1])
    if not sizes:
        return 0.0
    number, unit = sizes[-1]
    return float(number) * (1e9 if unit.lower() == "b" else 1e6)

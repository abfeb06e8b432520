"""All settings, typed and fully defaulted, and the order in which their sources are laid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from askdocs_indexer.settings import DocsSettings, EmbeddingSettings, IndexSettings

LlmMode = Literal["auto", "local", "endpoint", "off"]
LlmStart = Literal["ask", "open"]


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """The model that writes answers."""

    mode: LlmMode = field(
        default="auto",
        metadata={
            "help": "`auto`: the endpoint if one is set, else a local vLLM; `local`; `endpoint`; "
            "`off`: passages without prose.",
            "trusted": True,
        },
    )
    model: str = field(
        default="auto",
        metadata={
            "help": "`auto` (Llama-3.1-8B-Instruct with a CUDA GPU, else the bundled "
            "SmolLM2-135M-Instruct), `bundled`, a Hugging Face id, or a local folder.",
            "trusted": True,
        },
    )
    endpoint: str = field(
        default="",
        metadata={
            "help": "Base URL of an OpenAI-compatible server, e.g. `http://gpu-box:8000/v1`, or "
            "`unix:` and the path of its socket.",
            "trusted": True,
        },
    )
    api_key_env: str = field(
        default="ASKDOCS_LLM_API_KEY",
        metadata={"help": "Environment variable with that server's key.", "trusted": True},
    )
    start: LlmStart = field(
        default="ask",
        metadata={
            "help": "When the local vLLM starts: `ask`, with the first question; `open`, ahead, "
            "when an editor opens a project.",
            "trusted": True,
        },
    )
    idle_minutes: float = field(
        default=30.0,
        metadata={
            "help": "The local vLLM stops after this time without a request; 0: never.",
            "minimum": 0,
        },
    )
    gpu_memory_gib: float = field(
        default=0.0,
        metadata={
            "help": "GPU memory for the local vLLM (GiB); 0 asks for what the model needs.",
            "minimum": 0,
        },
    )
    temperature: float = field(
        default=-1.0,
        metadata={
            "help": "Sampling temperature; -1 is the model's own (0.2; 0 for the bundled one).",
            "minimum": -1,
        },
    )
    top_p: float = field(
        default=-1.0,
        metadata={
            "help": "Share of the probability to sample from (0 to 1); -1 is the model's own "
            "(0.95).",
            "minimum": -1,
        },
    )
    seed: int = field(
        default=0,
        metadata={
            "help": "Seed of the sampling, so that a question has the same answer again; -1: none.",
            "minimum": -1,
        },
    )


@dataclass(frozen=True, slots=True)
class HoverSettings:
    """Hover help."""

    enabled: bool = field(default=True, metadata={"help": "Show documentation on hover."})
    summaries: bool = field(
        default=True,
        metadata={
            "help": "Have the model write a summary of a passage, where one is ready: nothing is "
            "started for it."
        },
    )
    budget_ms: int = field(
        default=0,
        metadata={
            "help": "How long a hover may wait for its summary (milliseconds); one that takes "
            "longer is there at the next hover.",
            "minimum": 0,
        },
    )
    min_score: float = field(
        default=0.55,
        metadata={"help": "Below this score a hover shows nothing (0 to 1).", "minimum": 0},
    )


@dataclass(frozen=True, slots=True)
class AskSettings:
    """Questions."""

    passages: int = field(
        default=4, metadata={"help": "Passages shown to the model and cited.", "minimum": 1}
    )
    max_tokens: int = field(
        default=256, metadata={"help": "Upper length of an answer (tokens).", "minimum": 1}
    )
    min_relevance: float = field(
        default=0.71,
        metadata={
            "help": "Below this relevance of what was found the answer is that the docs do not "
            "say (about 0 to 1.3; 0: always answer).",
            "minimum": 0,
        },
    )


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """The process that all editor windows share."""

    idle_minutes: float = field(
        default=10.0,
        metadata={
            "help": "The daemon that all windows share leaves after this time without any.",
            "minimum": 0.01,
            "trusted": True,
        },
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree; one field per section."""

    docs: DocsSettings = field(default_factory=DocsSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    hover: HoverSettings = field(default_factory=HoverSettings)
    ask: AskSettings = field(default_factory=AskSettings)
    daemon: DaemonSettings = field(default_factory=DaemonSettings)

"""All settings: typed, bounded and fully defaulted. One class per section."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from askdocs_indexer.settings import (
    DocsSettings,
    EmbeddingSettings,
    IndexSettings,
    RerankerSettings,
    setting,
)

LlmMode = Literal["auto", "local", "endpoint", "off"]
LlmStart = Literal["ask", "open"]
GeneratedQuestions = Literal["auto", "off", "on"]
Docstrings = Literal["always", "auto", "never"]

_WEEK_MINUTES = 7 * 24 * 60
_MAX_SEED = 2**31 - 1
"""The largest seed that every server takes."""


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """The model that writes answers."""

    mode: LlmMode = setting(
        "auto",
        "`auto`: the endpoint if one is set, else a local vLLM; `local`; `endpoint`; `off`: "
        "passages without prose.",
    )
    model: str = setting(
        "auto",
        "`auto` (Llama-3.1-8B-Instruct with a CUDA GPU; without one none, and answers are the "
        "passages' own words), `bundled` (SmolLM2-135M-Instruct), a Hugging Face id, or a local "
        "folder.",
    )
    endpoint: str = setting(
        "",
        "Base URL of an OpenAI-compatible server, e.g. `http://gpu-box:8000/v1`, or `unix:` and "
        "the path of its socket.",
    )
    api_key_env: str = setting(
        "ASKDOCS_LLM_API_KEY", "Environment variable with that server's key."
    )
    start: LlmStart = setting(
        "ask",
        "When the local vLLM starts: `ask`, with the first question; `open`, ahead, when an editor "
        "opens a project.",
    )
    idle_minutes: float = setting(
        30.0,
        "The local vLLM stops after this time without a request; 0: never.",
        bounds=(0, _WEEK_MINUTES),
    )
    gpu_memory_gib: float = setting(
        0.0,
        "GPU memory for the local vLLM (GiB); 0 asks for what the model needs.",
        bounds=(0, 1024),
    )
    temperature: float = setting(
        -1.0,
        "Sampling temperature; -1 is the model's own (0.2; 0 for the bundled model).",
        bounds=(-1, 2),
        harmless=True,
    )
    top_p: float = setting(
        -1.0,
        "Share of the probability to sample from (0 to 1); -1 is the model's own (0.95).",
        bounds=(-1, 1),
        harmless=True,
    )
    seed: int = setting(
        0,
        "Seed of the sampling, so that a question has the same answer again; -1: none.",
        bounds=(-1, _MAX_SEED),
        harmless=True,
    )


@dataclass(frozen=True, slots=True)
class HoverSettings:
    """Hover help."""

    enabled: bool = setting(True, "Show documentation on hover.", harmless=True)
    # Sends what is hovered over to the model: a project must not turn that on again.
    summaries: bool = setting(
        True,
        "Have the model write a summary of a passage, if it is ready; a hover does not start it.",
    )
    budget_ms: int = setting(
        0,
        "How long a hover may wait for its summary (milliseconds); a later summary is shown at the "
        "next hover.",
        bounds=(0, 10_000),
        harmless=True,
    )
    docstrings: Docstrings = setting(
        "always",
        "Whether hovers show docstrings and doc comments: `always`; `never`, the manual alone; "
        "`auto`: not where the editor tells of a definition, as what knows that shows them too.",
        harmless=True,
    )
    min_score: float = setting(
        0.55, "Below this score a hover shows nothing.", bounds=(0, 1), harmless=True
    )


@dataclass(frozen=True, slots=True)
class AskSettings:
    """Questions."""

    passages: int = setting(
        4, "Passages shown to the model and cited.", bounds=(1, 50), harmless=True
    )
    max_tokens: int = setting(
        256, "Upper length of an answer (tokens).", bounds=(1, 16_384), harmless=True
    )
    min_relevance: float = setting(
        0.4,
        "Where it is less probable than this that a passage answers, the answer is that the docs "
        "do not say (0: always answer).",
        bounds=(0, 1),
        harmless=True,
    )


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """The search behind questions."""

    reranker: str = setting(
        "auto",
        "A model that reads the first 20 hits again with the question: `auto` "
        "(ms-marco-MiniLM-L6-v2 where it was downloaded before, or with a CUDA GPU), `off`, a "
        "Hugging Face id, or a local folder. It is off where the machine is too slow for it.",
    )
    rerank_ms: int = setting(
        100,
        "How long a search may wait for that (milliseconds); as many of the hits are read as fit.",
        bounds=(10, 10_000),
    )
    rewrite_ms: int = setting(
        300,
        "How long a question that finds nothing clear may wait for a large model that runs to "
        "rewrite it in the docs' terms, and for the searches with that (milliseconds); 0: never.",
        bounds=(0, 10_000),
        harmless=True,
    )
    # Sends all documentation to the model, which may be a paid one: a project must not turn it on.
    generated_questions: GeneratedQuestions = setting(
        "auto",
        "Have a large model that runs write, while nobody uses it, the questions that each section "
        "answers, which are searched as well: `auto`, on a GPU of this machine; `on`, at an "
        "endpoint too; `off`.",
    )


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """The check of what a large model writes."""

    model: str = setting(
        "auto",
        "A model for natural language inference that marks sentences which the cited passage "
        "contradicts: `auto` (nli-deberta-v3-xsmall where it was downloaded before, or with a CUDA "
        "GPU), `off`, a Hugging Face id, or a local folder.",
    )


@dataclass(frozen=True, slots=True)
class EntailmentSettings:
    """That model: what several sections of the settings say of it, brought together.

    `downloads` says whether `auto` may ask a hub, on a machine with a CUDA GPU.
    """

    model: str = "auto"
    device: str = "auto"
    downloads: bool = False


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """The process that all editor windows share."""

    idle_minutes: float = setting(
        10.0,
        "The daemon that all windows share leaves after this time without any.",
        bounds=(0.01, _WEEK_MINUTES),
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
    search: SearchSettings = field(default_factory=SearchSettings)
    verify: VerifySettings = field(default_factory=VerifySettings)
    daemon: DaemonSettings = field(default_factory=DaemonSettings)

    @property
    def reranking(self) -> RerankerSettings:
        """What they say of the re-ranker. `auto` may ask a hub where that of embedding may."""
        search, embedding = self.search, self.embedding
        downloads = embedding.model == "auto"
        return RerankerSettings(search.reranker, embedding.device, search.rerank_ms, downloads)

    @property
    def entailment(self) -> EntailmentSettings:
        """What they say of the model that verifies; it may be downloaded as that of embedding."""
        embedding = self.embedding
        return EntailmentSettings(self.verify.model, embedding.device, embedding.model == "auto")

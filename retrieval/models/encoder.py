"""Encoders: from text to a pooled vector and token vectors, in one forward pass."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus import simplify
from retrieval.errors import ModelError
from retrieval.models import bundled
from retrieval.models.priority_lock import PriorityLock

if TYPE_CHECKING:
    from retrieval.models.cpu_bert import CpuBert

Floats = npt.NDArray[np.float32]
Offsets = npt.NDArray[np.int32]

BATCH = 16
"""Passages in a forward pass; they are sorted by length, so that little of a batch is padding."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """The vectors of one text.

    Args:
        vector: The pooled vector, of unit length, (D,).
        tokens: The vectors of its tokens, of unit length, without those of the prompt and the special tokens,
            (T, D).
        offsets: Where each token begins and ends in the text, in code points, (T, 2).
    """

    vector: Floats
    tokens: Floats
    offsets: Offsets


class Encoder(Protocol):
    """A model that turns text into vectors; tests replace it."""

    @property
    def name(self) -> str:
        """The name of this model in the manifest of an index."""

    @property
    def dimension(self) -> int:
        """The number of components of every vector."""

    def encode_passages(self, texts: Sequence[str]) -> list[Embedding]:
        """Encode passages."""

    def encode_question(self, text: str) -> Embedding:
        """Encode one question."""


def model_name(model: str | None) -> str:
    """Return the name of a model in a manifest, without loading it.

    Args:
        model: A sentence-transformers model or folder; None for the bundled model with its adapter.
    """
    return model or bundled.adapted_name()


def load(model: str | None = None, notify: Callable[[str], None] = lambda _: None) -> "SentenceEncoder":
    """Load a model. Only a model that is named here is ever looked up at a model hub.

    Args:
        model: A sentence-transformers model or folder; `bundled.BASE_NAME` for the bundled model without its
            adapter; None for the bundled model with its adapter.
        notify: Called with a sentence before work that takes seconds.

    Raises:
        ModelError: The model cannot be loaded.
    """
    name = model_name(model)
    with _without_collection():
        if not bundled.is_bundled(name):
            return SentenceEncoder(name, name, local=Path(name).exists())
        if name == bundled.BASE_NAME:
            return SentenceEncoder(name, str(bundled.prepare(notify=notify, weights=None)), local=True)
        if name == bundled.adapted_name():
            return SentenceEncoder(name, str(bundled.prepare(notify=notify)), local=True)
    raise ModelError(
        f"{name} is the bundled model with another adapter than the one installed here, which is "
        f"{bundled.adapted_name()}. Leave EMBEDDING_MODEL unset for that one, or set it to "
        f"{bundled.BASE_NAME} for the model without an adapter."
    )


@contextmanager
def _without_collection() -> Iterator[None]:
    """Turn the garbage collector off.

    Importing the libraries of a model makes millions of objects and no garbage; looking through them again
    and again is a good part of a start.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class SentenceEncoder:
    """An `Encoder` over a sentence-transformers model; safe to share between threads.

    It converts texts to simplified script first, so that both scripts give the same vectors.
    """

    def __init__(self, name: str, folder: str, *, local: bool) -> None:
        self._name = name
        self._model = _load(folder, local=local)
        if not self._model.tokenizer.is_fast:
            raise ModelError(
                f"{name} has a tokenizer without character offsets, which quoting needs. "
                "Name a model with a fast tokenizer in EMBEDDING_MODEL."
            )
        self._forward = _forward(self._model, Path(folder)) if bundled.is_bundled(name) else None
        # A fast tokenizer must not run twice at a time ("Already borrowed"), and a refresh that encodes
        # thousands of passages must delay a question by one batch at most.
        self._lock = PriorityLock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension())

    def encode_passages(self, texts: Sequence[str]) -> list[Embedding]:
        simplified = [simplify(text) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda i: len(simplified[i]))
        found: dict[int, Embedding] = {}
        for at in range(0, len(texts), BATCH):
            batch = by_length[at : at + BATCH]
            with self._lock.background():
                found.update(
                    zip(batch, self._encode([simplified[i] for i in batch], "document"), strict=True)
                )
        return [found[i] for i in range(len(texts))]

    def encode_question(self, text: str) -> Embedding:
        with self._lock.urgent():
            return self._encode([simplify(text)], "query")[0]

    def _encode(self, texts: list[str], kind: str) -> list[Embedding]:
        prompt = self._model.prompts.get(kind) or ""
        read = self._model.tokenizer(
            [prompt + text for text in texts],
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            truncation=True,
            max_length=self._model.max_seq_length,
            padding=True,
            return_tensors="pt",
        )
        vectors, states = self._states(texts, prompt, read)  # (B, D), (B, L, D)
        found = []
        for i, vector in enumerate(vectors):
            read_here = read["attention_mask"][i].bool()
            offsets = read["offset_mapping"][i][read_here].numpy().astype(np.int32) - len(prompt)  # (L, 2)
            special = read["special_tokens_mask"][i][read_here].numpy()
            found.append(
                _embedding(vector.float().cpu().numpy(), states[i].float().cpu().numpy(), offsets, special)
            )
        return found

    def _states(self, texts: list[str], prompt: str, read: Any) -> tuple[Sequence[Any], Sequence[Any]]:
        """Return the pooled vector of each text, (D,), and the states of its tokens, (L, D)."""
        import torch

        if self._forward is None:
            found = self._model.encode(texts, prompt=prompt, output_value=None, show_progress_bar=False)
            return (
                [each["sentence_embedding"] for each in found],
                [each["token_embeddings"][each["attention_mask"].bool()] for each in found],
            )
        features = {name: read[name] for name in ("input_ids", "attention_mask")}
        with torch.inference_mode():
            features["token_embeddings"] = self._forward(features["input_ids"], features["attention_mask"])
            for module in list(self._model)[1:]:
                features = module(features)
        masks = read["attention_mask"].bool()
        return features["sentence_embedding"], [
            states[mask] for states, mask in zip(features["token_embeddings"], masks, strict=True)
        ]


def _embedding(vector: Floats, states: Floats, offsets: Offsets, special: npt.NDArray[np.int64]) -> Embedding:
    """Normalise the vectors of one text; the offsets count from the end of the prompt."""
    # A token that begins inside the prompt may reach into the text: its end decides.
    kept = (special == 0) & (offsets[:, 1] > 0) & (offsets[:, 1] > offsets[:, 0])
    return Embedding(_unit(vector), _unit(states[kept]), np.maximum(offsets[kept], 0))


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-12)
    return unit


def _forward(model: Any, folder: Path) -> "CpuBert | None":
    """Replace the layers of the bundled model by faster ones, where these can run."""
    from retrieval.models.cpu_bert import CpuBert, can_run

    body = model[0].model
    if not can_run(body):
        return None
    forward = CpuBert(body, bundled.word_embeddings(folder))
    # The new layers hold the same weights, laid out otherwise or mapped.
    del body.encoder, body.embeddings
    return forward


def _load(folder: str, *, local: bool) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its pool warns at each fork
    try:
        import torch
        from sentence_transformers import SentenceTransformer

        bundled.hide_progress_bars()
        return SentenceTransformer(
            folder,
            local_files_only=local,
            model_kwargs={"dtype": torch.bfloat16 if has_fast_bfloat16() else torch.float32},
        )
    except Exception as error:  # each library underneath raises its own error
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ModelError(
            f"cannot load the model {folder}: {reason}. EMBEDDING_MODEL takes a folder or the name of a "
            "sentence-transformers model; unset it for the bundled one. A damaged folder of that one can "
            "be deleted: it is unpacked again."
        ) from error


def available_threads() -> int:
    """Return how many threads torch uses here: the cores, or what OMP_NUM_THREADS says."""
    import torch

    return int(torch.get_num_threads())


@contextmanager
def limit_threads(count: int) -> Iterator[None]:
    """Limit the threads that torch uses for the calling thread."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def has_fast_bfloat16() -> bool:
    """Return whether the device computes bfloat16 itself; emulating it is slower than float32."""
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    found = torch.cpu.get_capabilities()
    return any(found.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))

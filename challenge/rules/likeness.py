"""Which texts have passages in common: shingles, sampled to fingerprints, compared by containment.

Shingles, their sketch by the hashes that a number divides, and containment are those of A. Z. Broder, "On the
resemblance and containment of documents", Compression and Complexity of Sequences 1997. Which shingles are
fingerprints depends on nothing around them: what many documents have in common has the same ones in each, and
can be left out. The price is chance: a passage of n shingles has no fingerprint once in (4/3)^n.

A text is read as tokens: a word of letters and digits weighs 2, a Chinese character (or kana) weighs 1; case,
width and everything between them are left out. A shingle is a run of tokens that weighs at least `WEIGHT`:
five words, ten characters, or a mixture. So one passage is found in "采用 YOLOv8 模型" however it is spaced.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

WORD, CHARACTER = 2, 1
WEIGHT = 10
EVERY = 4  # one shingle in so many is a fingerprint
METHOD = f"shingles/{WEIGHT}/{EVERY}"
# An alternative of one Chinese character, then words: letters and digits without a character in them.
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_TOKEN = re.compile(f"(?P<character>[{_HAN}])|[^\\W_{_HAN}]+")
PART = 200_000  # fingerprints of which an index is held at a time: some 40 MB
_NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Shingle:
    """The hash of a run of tokens, and where it stands in the text as given."""

    hash: int
    start: int
    end: int


def shingles(text: str) -> list[Shingle]:
    """Every shingle of a text, in its order; none where the text is too short for one."""
    tokens = list(_tokens(text))
    found: list[Shingle] = []
    stop, weight = 0, 0
    for first in range(len(tokens)):
        while stop < len(tokens) and weight < WEIGHT:
            weight += tokens[stop][3]
            stop += 1
        if weight < WEIGHT:
            break
        run = " ".join(token[0] for token in tokens[first:stop])
        number = int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest())
        found.append(Shingle(number, tokens[first][1], tokens[stop - 1][2]))
        weight -= tokens[first][3]
    return found


def _tokens(text: str) -> Iterator[tuple[str, int, int, int]]:
    """(token, start, end, weight); start and end count in the text as given."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        token = token.lower() if token.isascii() else unicodedata.normalize("NFKC", token).casefold()
        yield token, match.start(), match.end(), CHARACTER if match.lastgroup else WORD


def fingerprints(texts: Iterable[str]) -> frozenset[int]:
    """The fingerprints of a document that consists of these texts; no passage runs from one into the next."""
    return frozenset(each for each in everything(texts) if each % EVERY == 0)


def everything(texts: Iterable[str]) -> frozenset[int]:
    """The hash of every shingle of these texts."""
    return frozenset(each.hash for text in texts for each in shingles(text))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two documents with fingerprints in common: how many, and the part they are of the smaller one's own."""

    first: int
    second: int
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Found:
    """The alike pairs, the greatest share first, and the fingerprints that were left out as too common."""

    pairs: tuple[Likeness, ...]
    too_common: frozenset[int]


def compare(
    documents: Mapping[int, Sequence[int]],
    own: Collection[int],
    *,
    most: int,
    share: float,
    least: int,
    left_out: Mapping[int, frozenset[int]] | None = None,
    part: int = PART,
) -> Found:
    """All pairs of documents, at least one of them in `own`, with at least `share` and `least` in common.

    `documents`: number -> its fingerprints, rising. What stands in more than `most` documents is everybody's
    and left out, as is what `left_out` names for a document (its requirement's words). The hashes are looked
    at in parts of about `part` fingerprints, so that an index over one part at a time is all that is held.
    """
    sizes: Counter[int] = Counter()
    common: Counter[tuple[int, int]] = Counter()
    too_common: set[int] = set()
    mine, ignored = frozenset(own), left_out or {}
    for low, high in _parts(sum(map(len, documents.values())), part):
        holders = _index(documents, ignored, low, high)
        for number, known in holders.items():
            if isinstance(known, int):
                sizes[known] += 1
            elif len(known) > most:
                too_common.add(number)
            else:
                sizes.update(known)
                common.update(_pairs(known, mine))
    pairs = [
        Likeness(first, second, count, count / min(sizes[first], sizes[second]))
        for (first, second), count in common.items()
        if count >= least and count >= share * min(sizes[first], sizes[second])
    ]
    ordered = sorted(pairs, key=lambda each: (-each.share, each.first, each.second))
    return Found(tuple(ordered), frozenset(too_common))


def _parts(total: int, part: int) -> Iterator[tuple[int, int]]:
    """Ranges that divide all 64-bit hashes so that each holds about `part` of `total`."""
    count = max(1, -(-total // part))
    ends = [2**64 * each // count for each in range(count + 1)]
    yield from pairwise(ends)


def _index(
    documents: Mapping[int, Sequence[int]], ignored: Mapping[int, frozenset[int]], low: int, high: int
) -> dict[int, int | list[int]]:
    """Hash from `low` to below `high` -> the one document that has it, or all."""
    holders: dict[int, int | list[int]] = {}
    for number, hashes in documents.items():
        without = ignored.get(number, _NOTHING)
        for place in range(bisect_left(hashes, low), bisect_left(hashes, high)):
            each = hashes[place]
            if each in without:
                continue
            known = holders.get(each)
            if known is None:
                holders[each] = number
            elif isinstance(known, int):
                holders[each] = [known, number]
            else:
                known.append(number)
    return holders


def _pairs(known: Sequence[int], own: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The pairs among these of which at least one is `own`, that one first."""
    for first, second in combinations(known, 2):
        if first in own:
            yield first, second
        elif second in own:
            yield second, first


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text, with whether it is one of the common ones."""

    text: str
    common: bool


def passages(text: str, shared: Collection[int], marks: Collection[int]) -> list[Passage]:
    """The text cut where a common passage begins or ends; together the pieces are the text again.

    A run of shingles that are `shared` is a common passage where one of them is in `marks`: what is left out
    as everybody's has no mark.
    """
    spans: list[tuple[int, int]] = []
    run: list[Shingle] = []
    for each in [*shingles(text), None]:
        if each is not None and each.hash in shared:
            run.append(each)
            continue
        if any(one.hash in marks for one in run):
            start = run[0].start
            if spans and start <= spans[-1][1]:
                start = spans.pop()[0]
            spans.append((start, run[-1].end))
        run = []
    pieces: list[Passage] = []
    at = 0
    for start, end in spans:
        pieces += [Passage(text[at:start], False)] if start > at else []
        pieces.append(Passage(text[start:end], True))
        at = end
    return [*pieces, Passage(text[at:], False)] if at < len(text) else pieces


def packed(hashes: Iterable[int]) -> str:
    """Fingerprints as text for a row: rising, eight bytes each, the high byte first, in base64."""
    return base64.b64encode(b"".join(each.to_bytes(8) for each in sorted(hashes))).decode()


def unpacked(text: str) -> array[int]:
    """What `packed` wrote, as an array: eight bytes of memory for each."""
    numbers = array("Q")
    numbers.frombytes(base64.b64decode(text))
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers

"""Where an entry stands among the ranked ones, said in a band instead of a place."""

from __future__ import annotations

# Of every hundred, the best so many; the last is everybody else.
BANDS = (10, 25, 50)


def band_of(place: int, ranked: int) -> int:
    """The narrowest of the best 10, 25 or 50 of a hundred that the place lies in; 100 where none.

    A place lies in the best tenth where it is at most a tenth of the entries, rounded up: of 5 the first.
    """
    return next((share for share in BANDS if place <= -(-ranked * share // 100)), 100)

"""Statistics of the reports: intervals of proportions, and medians of waits that are not over.

Pure, on plain numbers. Each function names where its formula is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

Z_95 = 1.959963984540054
"""Of the standard normal distribution, for intervals that hold 95 %."""
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``."""

    low: float
    high: float


def wilson(hits: int, of: int, z: float = Z_95) -> Interval:
    """The score interval of a proportion.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927), 209-212. Unlike the textbook interval it is
    right for few cases, and stays between 0 and 1.

    Raises ValueError for ``hits`` outside 0 to ``of``, or nothing to divide by.
    """
    if of <= 0 or not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no proportion")
    share = hits / of
    middle = share + z * z / (2 * of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    # At the ends it is 0 and 1 exactly; only rounding would say otherwise.
    low = 0.0 if hits == 0 else (middle - reach) / scale
    high = 1.0 if hits == of else (middle + reach) / scale
    return Interval(low, high)


def newcombe(hits: int, of: int, other_hits: int, other_of: int, z: float = Z_95) -> Interval:
    """The interval of the difference of two independent proportions, first minus other.

    The hybrid score interval, method 10 of R. G. Newcombe, Interval estimation for the difference
    between independent proportions: comparison of eleven methods, Statistics in Medicine 17
    (1998), 873-890: the two Wilson intervals put together. Raises ValueError as :func:`wilson`.
    """
    one, other = wilson(hits, of, z), wilson(other_hits, other_of, z)
    share, other_share = hits / of, other_hits / other_of
    difference = share - other_share
    below = sqrt((share - one.low) ** 2 + (other.high - other_share) ** 2)
    above = sqrt((one.high - share) ** 2 + (other_share - other.low) ** 2)
    return Interval(difference - below, difference + above)


class Wait(NamedTuple):
    """A wait of so many seconds; not ``over``: it goes on, and has lasted so long until now."""

    seconds: float
    over: bool


def quantile_of_waits(waits: Sequence[Wait], share: float) -> float | None:
    """After how many seconds ``share`` (above 0, below 1) of the waits are over.

    The product-limit estimate of E. L. Kaplan and P. Meier, Nonparametric estimation from
    incomplete observations, Journal of the American Statistical Association 53 (1958), 457-481: a
    wait that goes on counts as one that lasts longer than it has so far, rather than not at all.
    With every wait over it is the usual quantile. None: too many go on to tell.
    """
    ordered, at, going_on = sorted(waits), 0, 1.0
    while at < len(ordered):
        seconds, ended, upto = ordered[at].seconds, 0, at
        while upto < len(ordered) and ordered[upto].seconds == seconds:
            ended += ordered[upto].over
            upto += 1
        going_on *= 1 - ended / (len(ordered) - at)
        if ended and going_on <= 1 - share + _ROUNDING:
            return float(seconds)
        at = upto
    return None

"""Intervals and medians against values published by those whose formulas they are."""

from __future__ import annotations

from statistics import quantiles

import pytest

from waagent.domain.statistics import Wait, newcombe, quantile_of_waits, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe 1998 (two-sided intervals for the single proportion), score method.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998 (comparison of eleven methods), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe(one: tuple[int, int], other: tuple[int, int], low: float, high: float) -> None:
    found = newcombe(*one, *other)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "of"), [(0, 0), (-1, 5), (6, 5)])
def test_no_proportion(hits: int, of: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(hits, of)


REMISSION = (
    *("6", "6", "6", "6+", "7", "9+", "10", "10+", "11+", "13", "16", "17+", "19+", "20+"),
    *("22", "23", "25+", "32+", "32+", "34+", "35+"),
)
"""Weeks of remission under 6-mercaptopurine (Freireich et al. 1963); + goes on. Median 23."""


def test_a_wait_that_goes_on_counts_as_longer_than_so_far() -> None:
    waits = [Wait(float(each.rstrip("+")), not each.endswith("+")) for each in REMISSION]
    assert quantile_of_waits(waits, 0.5) == 23
    assert quantile_of_waits(waits, 0.25) == 13
    assert quantile_of_waits(waits, 0.9) is None


def test_with_every_wait_over_it_is_the_usual_quantile() -> None:
    times = [float(number) for number in range(1, 100)]
    waits = [Wait(each, True) for each in times]
    assert quantile_of_waits(waits, 0.5) == quantiles(times, n=2)[0]
    assert quantile_of_waits(waits, 0.9) == 90


def test_no_waits_and_none_that_is_over() -> None:
    assert quantile_of_waits([], 0.5) is None
    assert quantile_of_waits([Wait(5, False)], 0.5) is None

"""Measured figures, as ratios taken in one run: ``make bench``. Never part of the tests."""

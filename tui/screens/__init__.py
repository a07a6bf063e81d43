"""Screens, one to a module."""

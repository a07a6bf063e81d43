"""Dataclasses, enums and pure rules. Imports the standard library only."""

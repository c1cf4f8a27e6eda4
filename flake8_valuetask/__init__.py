"""A flake8 plugin that finds misuse of one-shot awaitables."""

__version__ = "0.1.0"

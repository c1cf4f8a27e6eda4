"""Reports: findings in the formats of other programs, and as annotated snippets of source.

In: what flake8 hands to a formatter. Out: text, on standard output or in a file. Never: flake8's own
modules, judging, reading a linted file.
"""

"""How fast and how flat: measured beside plain loops that do the same useful work.

`python -m tests.benchmarks` prints the table. Nothing here is a test: pytest does not collect it.
"""

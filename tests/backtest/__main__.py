"""The record of the forecast, replayed on real tables and simulated offices: `make backtest`.

With --write, the tables in the README of the subject are made anew. Ends with an error when the bar is missed.
"""

import argparse
import sys
from pathlib import Path

from tests.backtest.report import BEGIN, END, after_the_break, families, files, missed, table

README = Path(__file__).parents[2] / "portal" / "forecast" / "README.md"


def main() -> None:
    """Replay, print, write when asked, and judge."""
    parser = argparse.ArgumentParser(prog="make backtest", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables into the README of the subject")
    arguments = parser.parse_args()
    real = files()
    found = families(real)
    report = table(real, found, after_the_break())
    print(report)
    if arguments.write:
        _write(report)
    if short := missed(found):
        sys.exit("\n".join(["", "The bar is missed:", *short]))
    print("\nThe bar is held on every family.")


def _write(report: str) -> None:
    before, begin, rest = README.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{README.name} has lost its markers {BEGIN} and {END}")
    README.write_text(f"{before}{BEGIN}\n{report}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()

"""The entry point of the `exprlearn` command."""

from __future__ import annotations

from exprlearn.cli.app import app


def main() -> None:
    """Run the command line and leave with its exit code."""
    app()


if __name__ == "__main__":
    main()

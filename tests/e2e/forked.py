"""A program for the supervisor's tests: it says that it lives, and waits."""

import signal


def main() -> None:
    print("hidup", flush=True)  # noqa: T201 - to the supervisor
    signal.pause()

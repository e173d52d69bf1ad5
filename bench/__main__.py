"""``python -m bench WHAT [--json]``: measure, print a line for each goal, and keep it in ``bench/results``."""

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module

import click

from bench.goals import Line, readable

#: In the order of the goals; a soak takes its time and is asked for by its name.
SUBJECTS = tuple("decision case relay queue sweep page sk memory start search leader http verify".split())
JSON = click.option("--json", "as_json", is_flag=True, help="One line of JSON for each goal.")
ROUNDS = click.option("--rounds", type=int, default=3, show_default=True, help="Both sides of a ratio, in turn.")
KEEP = click.option("--keep/--no-keep", default=True, show_default=True, help="Keep the lines in bench/results.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measures the office beside its floors and peers."""


def _subject(name: str) -> Callable[..., None]:
    @JSON
    @ROUNDS
    @KEEP
    def command(*, as_json: bool, rounds: int, keep: bool) -> None:
        module = import_module(f"bench.what.{name}")
        lines: list[Line] = module.measure(rounds)
        for text in (line.json for line in lines) if as_json else readable(lines):
            click.echo(text)
        if keep:
            from bench import results

            results.keep(lines, name)

    command.__doc__ = import_module(f"bench.what.{name}").__doc__
    return command


for _name in (*SUBJECTS, "soak"):
    main.command(_name)(_subject(_name))


@main.command("all")
@JSON
@ROUNDS
@KEEP
def every(*, as_json: bool, rounds: int, keep: bool) -> None:
    """Everything, each in a process of its own; one that fails stops none of the others."""
    words = ["--rounds", str(rounds), *(["--json"] if as_json else []), *([] if keep else ["--no-keep"])]
    codes = [subprocess.run([sys.executable, "-m", "bench", name, *words], check=False).returncode for name in SUBJECTS]
    failed = [name for name, code in zip(SUBJECTS, codes, strict=True) if code]
    if failed:
        raise click.ClickException(f"Gagal diukur: {', '.join(failed)}.")


@main.command("grow")
@click.argument("files", type=click.IntRange(1000, 5_000_000))
def more(files: int) -> None:
    """Makes an office with so many FILES, a tenth of them open, for queue, search, leader and sweep."""
    from bench.ground import ground

    with ground() as servers:
        from bench.grow import grown

        click.echo(grown(servers, files))


@main.command()
def table() -> None:
    """Writes bench/results into docs/performance.md, and what the drills saw into docs/operations.md."""
    from bench import results

    results.write_tables()


if __name__ == "__main__":
    main()

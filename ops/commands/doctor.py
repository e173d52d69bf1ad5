"""``alurizin doctor``: what this machine and this office have and what is lacking, each with its remedy."""

import os
import sys

import click

from ops.doctor import examine


@click.command()
def doctor() -> None:
    """Periksa mesin dan kantor ini: pengaturan, server, folder, SOP, templat, persiapan, yang perlu perhatian."""
    lacking = False
    for one in examine(os.environ):
        click.echo(f"{one.mark:7} {one.subject:14} {one.state}")
        if one.remedy:
            lacking = True
            click.echo(f"{'':22} -> {one.remedy}")
    if lacking:
        sys.exit(1)

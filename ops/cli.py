"""The ``alurizin`` command. Subcommand ``x-y`` is the Click command or group ``x_y`` in ``ops/commands/x_y.py``."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import click

from ops import commands
from ops.told import database_errors, database_problem, file_problem
from pipeline.errors import AlurIzinError


class Lazy(click.Group):
    """Imports a subcommand's module only when it is used: ``alurizin info`` need not load a template engine."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name.replace("_", "-") for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        word = cmd_name.replace("-", "_")
        name = f"{commands.__name__}.{word}"
        if "_" in cmd_name or not word.isidentifier() or find_spec(name) is None:
            return None
        command: object = getattr(import_module(name), word)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """A refusal is one sentence and exit status 1, never a traceback."""
        try:
            return super().invoke(ctx)
        except AlurIzinError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.filename is None:
                raise  # no file: a pipe that was closed is Click's to tell
            raise click.ClickException(file_problem(error)) from error
        except database_errors() as error:
            raise click.ClickException(database_problem(error)) from error


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alurizin", message="%(version)s")
def main() -> None:
    """AlurIzin: menjalankan dan memeriksa alur perizinan."""

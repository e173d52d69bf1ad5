"""``python -m bench.inside MODULE …``: a process of the office that knows the bench's SOP as well."""

import runpy
import sys
import tomllib
from pathlib import Path
from types import MappingProxyType

from pipeline.kantor.office import kantor
from pipeline.sop import registry
from pipeline.sop.load import read_sop
from pipeline.sop.values import Sop

_FILE = Path(__file__).with_name("nine_steps.toml")
#: The peers' case. It draws no letter and nobody signs, so it is read without the checks an office's SOP has to pass.
NINE_STEPS: Sop = read_sop(tomllib.loads(_FILE.read_text("utf-8")), _FILE.name, kantor().posts)


def know_nine_steps() -> None:
    """Put it beside the office's own, before anything asks which there are."""
    registry._EVERY = MappingProxyType({**registry._EVERY, (NINE_STEPS.code, NINE_STEPS.version): NINE_STEPS})
    registry.SOPS = MappingProxyType({**registry.SOPS, NINE_STEPS.code: NINE_STEPS})


if __name__ == "__main__":
    know_nine_steps()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

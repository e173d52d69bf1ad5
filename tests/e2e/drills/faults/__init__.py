"""What may befall a running office, a module for each kind of it.

A fault strikes when it is called and returns when it is over, with a word of what it did where that is worth one.
"""

from collections.abc import Callable

from tests.e2e.conftest import Running

Fault = Callable[[Running], str]
#: Why a fault cannot strike here, in a sentence; "" when it can.
Lacking = Callable[[], str]

LASTS = 10.0  # seconds for which something is frozen or full
BESIDE = 30.0  # seconds for which somebody works beside the office who should not, or something is slow
SEED = 20261128  # of what is lost by chance

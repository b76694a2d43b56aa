"""Buy-till-you-die models: how often customers buy, when they silently stop, what they spend.

Histories come from `btyd_summary` with Fader and Hardie's meaning of frequency, recency and T, in any unit of
time.
"""

from goodwill.modeling.btyd.bgbb import BGBB
from goodwill.modeling.btyd.bgnbd import BGNBD, MBGNBD
from goodwill.modeling.btyd.cnbdk import MBGCNBD, choose_regularity
from goodwill.modeling.btyd.gammagamma import GammaGamma, Independence
from goodwill.modeling.btyd.paretonbd import ParetoNBD
from goodwill.modeling.btyd.resampling import Bootstrap, bootstrap

__all__ = [
    "BGBB",
    "BGNBD",
    "MBGCNBD",
    "MBGNBD",
    "Bootstrap",
    "GammaGamma",
    "Independence",
    "ParetoNBD",
    "bootstrap",
    "choose_regularity",
]

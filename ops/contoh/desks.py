"""The posts that the stories of the sample clients are about."""

from pipeline.roles import Peran

FRONT_OFFICE = Peran("front_office")
BACK_OFFICE = Peran("back_office")
DINAS_TEKNIS = Peran("dinas_teknis")
KABID_PERIZINAN = Peran("kabid_perizinan")
SEKRETARIS = Peran("sekretaris")
KEPALA_DINAS = Peran("kepala_dinas")

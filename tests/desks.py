"""The posts of the office that the tests are about, as its file names them."""

from pipeline.roles import Peran

FRONT_OFFICE = Peran("front_office")
BACK_OFFICE = Peran("back_office")
DINAS_TEKNIS = Peran("dinas_teknis")
KABID_PERIZINAN = Peran("kabid_perizinan")
SEKRETARIS = Peran("sekretaris")
KEPALA_DINAS = Peran("kepala_dinas")

#: Every post, in the order of the file, and the leaders among them.
DESKS = (FRONT_OFFICE, BACK_OFFICE, DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS)
LEADERS = (KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS)

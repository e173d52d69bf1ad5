"""What a paper says that was made of a trial. Pure."""

#: Under this name, which no field can have, a context says so; ``render`` prints it above all that the template prints.
TRIAL_MARK = ":uji_coba"
TRIAL_ON_PAPER = "UJI COBA. Surat ini dibuat selama masa uji coba layanan dan tidak berlaku sebagai surat resmi."

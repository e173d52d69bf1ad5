"""Migrations only go forward: what a newer schema has been given to keep, an older program cannot read."""


def downgrade() -> None:
    """Of every migration: refused, with the way back."""
    raise RuntimeError("Skema hanya maju. Untuk kembali ke versi lama, pulihkan cadangan dari sebelum pembaruan.")

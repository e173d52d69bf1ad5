"""``alurizin hapus-dokumen``: documents of a closed application are erased, and noted as erased."""

import click

from ops.instance import attach

GROUNDS = ("retensi", "permintaan", "keliru")


@click.command()
@click.argument("nomor")
@click.option("--syarat", help="Kode syarat yang dokumennya dihapus, mis. KTP. Tanpa ini: semua dokumen permohonan.")
@click.option("--dasar", "ground", type=click.Choice(GROUNDS), required=True, help="Dasar penghapusan.")
@click.option("--oleh", "email", required=True, help="Surel petugas yang memerintahkan.")
@click.confirmation_option(prompt="Dokumen yang dihapus tidak dapat dikembalikan. Lanjutkan?")
def hapus_dokumen(nomor: str, syarat: str | None, ground: str, email: str) -> None:
    """Hapus dokumen permohonan NOMOR yang sudah selesai, dengan memusnahkan kuncinya."""
    attach()
    from pipeline.clock import real_now  # reads the settings, which attach() has just set
    from pipeline.queries.people.accounts import officer_of
    from pipeline.queries.records.heads import find_id
    from pipeline.sealing.erasures import Ground
    from pipeline.services.records.erase import erase_all, erase_documents

    actor, permohonan_id = officer_of(email), find_id(nomor)
    if syarat:
        count = erase_documents(permohonan_id, syarat, Ground(ground), actor=actor, now=real_now())
        done = f"{count} dokumen {syarat} dari {nomor} dihapus." if count else ""
    elif erase_all(permohonan_id, Ground(ground), actor=actor, now=real_now()):
        done = f"Semua dokumen {nomor} dihapus."
    else:
        done = ""
    click.echo(done or "Sudah dihapus sebelumnya; tidak ada yang dicatat lagi.")

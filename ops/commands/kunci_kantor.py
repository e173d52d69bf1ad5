"""``alurizin kunci-kantor``: the office key, which the keys of all documents are wrapped by."""

import click

from ops.instance import attach


@click.group(invoke_without_command=True)
@click.pass_context
def kunci_kantor(ctx: click.Context) -> None:
    """Kunci kantor: pembungkus kunci semua dokumen. Tanpa anak perintah: keadaannya."""
    attach()
    if ctx.invoked_subcommand is not None:
        return
    from pipeline.kantor.office_key import office_keys  # reads the settings, which attach() has just set
    from pipeline.services.records.office_key_change import count_older
    from pipeline.services.records.seal_forms import count_open_nik
    from pipeline.services.records.seal_store import count_clear
    from pipeline.settings import places

    click.echo(f"Berkas kunci: {places().office_key}")
    for number, since in sorted(office_keys().since.items()):
        click.echo(f"Versi {number}, sejak {since}")
    click.echo(f"Kunci dokumen yang masih dibungkus versi lama: {count_older()}")
    click.echo(f"Dokumen yang belum disegel: {count_clear()}")
    click.echo(f"Permohonan dengan NIK yang belum disegel: {count_open_nik()}")


@kunci_kantor.command("ganti")
def change() -> None:
    """Ganti kunci kantor dengan yang baru; yang terputus diteruskan. Dokumen tidak ditulis ulang."""
    from pipeline.clock import real_now  # reads the settings, which attach() has just set
    from pipeline.services.records.office_key_change import change_office_key
    from pipeline.text import date_at

    done = change_office_key(date_at(real_now()))
    click.echo(f"{done} kunci dokumen dibungkus ulang. Cadangkan kunci kantor yang baru sekarang juga.")


@kunci_kantor.command("segel")
def seal() -> None:
    """Segel dokumen dan NIK yang disimpan versi lama secara terbuka; yang terputus diteruskan."""
    from pipeline.services.records.seal_forms import seal_forms  # reads the settings, which attach() has just set
    from pipeline.services.records.seal_store import seal_store

    forms, (sealed, left) = seal_forms(), seal_store()
    click.echo(f"{sealed} dokumen dan NIK pada {forms} permohonan disegel.")
    if left:
        raise click.ClickException(f"{left} dokumen rusak dibiarkan; pulihkan dari cadangan, lalu ulangi.")

"""Backup and restore: the office, sealed for the holder of one key, and brought back into an empty folder.

A target is a folder, on another disk or another machine:

    penerima           the public key that all of it is sealed for; backups for another go elsewhere
    isi/ab/…          what files hold, sealed; each content once, however many backups name it
    <moment>/tabel/…  the rows of one snapshot of the database, a sealed part for each table
    <moment>/rujukan  the names of what it needs below isi/
    <moment>/manifes.age   all parts with their hashes, sealed; written last: a backup without it does not exist

Whoever gets hold of a target reads nothing in it, not even which documents it has: names are keyed.
"""

#!/bin/sh
# Run once by the postgres image, on an empty volume: the office's own user, who is no superuser, and its database.
psql -v ON_ERROR_STOP=1 -v password="$ALURIZIN_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE alurizin LOGIN PASSWORD :'password';
CREATE DATABASE alurizin OWNER alurizin;
SQL

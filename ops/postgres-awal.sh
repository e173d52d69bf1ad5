#!/bin/sh
# Run by the postgres image on an empty volume, and by hand on one from before there were two roles; twice is as once.
# The owner's role makes the tables, the application's works with them (pipeline/migrations/rights.py); neither is a
# superuser.
psql -v ON_ERROR_STOP=1 -v owner="$ALURIZIN_OWNER_PASSWORD" -v application="$ALURIZIN_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
SELECT 'CREATE ROLE alurizin LOGIN' WHERE to_regrole('alurizin') IS NULL \gexec
SELECT 'CREATE ROLE alurizin_aplikasi LOGIN' WHERE to_regrole('alurizin_aplikasi') IS NULL \gexec
ALTER ROLE alurizin PASSWORD :'owner';
ALTER ROLE alurizin_aplikasi PASSWORD :'application';
SELECT 'CREATE DATABASE alurizin OWNER alurizin'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'alurizin') \gexec
\connect alurizin
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO alurizin;
SQL

#!/bin/sh
# Start the broker of docker-compose.yml: "$@" is the server. Who may come, and what each may do, stands in broker.acl
# beside this file; the passwords are in the environment, and the server is given their hashes.
set -eu
umask 077
access="${TMPDIR:-/tmp}/akses.acl"
hash() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
antrean=$(hash "$REDIS_PASSWORD") flower=$(hash "$FLOWER_PASSWORD")
sed -e "s/#ANTREAN /#$antrean /" -e "s/#FLOWER /#$flower /" "$(dirname "$0")/broker.acl" > "$access"
if [ "$(id -u)" = 0 ] && id redis > /dev/null 2>&1; then chown redis "$access"; fi
unset REDIS_PASSWORD FLOWER_PASSWORD REDISCLI_AUTH
exec "$@" --aclfile "$access" --appendonly yes --appendfsync everysec --save "" \
    --maxmemory 256mb --maxmemory-policy noeviction

#!/usr/bin/env bash
# Makes the passwords of PostgreSQL and Redis, and says what you must put beside them. Never overwrites.
set -euo pipefail
cd "$(dirname "$0")/secrets"
umask 077

password() { [ -s "$1" ] || head -c 24 /dev/urandom | base64 | tr -d '+/=\n' >"$1"; }

password postgres_password
password redis_password
[ -s ConnectionStrings__Inbox ] ||
  printf 'Host=postgres;Database=inbox;Username=inbox;Password=%s' "$(cat postgres_password)" >ConnectionStrings__Inbox
[ -s Redis ] || printf 'redis:6379,password=%s' "$(cat redis_password)" >Redis
# Compose hands the files on as they are: the app's own user must be able to read them.
chmod 644 ./*

for missing in Vonage__SignatureSecret vonage_private_key; do
  [ -s "$missing" ] || echo "Put it here, from your application at Vonage: $PWD/$missing"
done

#!/bin/bash
# Runs once, in the PostgreSQL container, when its data volume is new: a role and a database for each subgraph, closed to the others.
set -euo pipefail

for name in users products inventory reviews orders; do
  variable="${name^^}_DATABASE_PASSWORD"
  psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set role="argyle_$name" --set password="${!variable}" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done

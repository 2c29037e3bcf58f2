#!/bin/bash
# Makes a role and a database for each subgraph, closed to the others. The subgraphs are those whose <NAME>_DATABASE_PASSWORD is
# in the environment. It can run again: existing databases stay as they are, and each role gets the password given.
# The server is the one that psql's own variables name (PGHOST, PGUSER, PGPASSWORD).
set -euo pipefail

for variable in $(compgen -A export | grep '_DATABASE_PASSWORD$'); do
  name=${variable%_DATABASE_PASSWORD}
  psql --no-psqlrc --quiet --dbname postgres --set ON_ERROR_STOP=1 \
    --set role="argyle_${name,,}" --set password="${!variable}" <<'SQL'
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \gexec
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
  echo "argyle_${name,,} is ready"
done

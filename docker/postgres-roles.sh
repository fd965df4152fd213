#!/bin/bash
# The two logins of Rakkan, made once when PostgreSQL's data folder is new.
#
# rakkan_owner owns the schema and is used by `rakkan db upgrade` alone. rakkan_service owns nothing;
# the upgrade grants it the role rakkan_app, under which row-level security applies.
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=owner_password="$RAKKAN_OWNER_PASSWORD" \
    --set=service_password="$RAKKAN_SERVICE_PASSWORD" <<'SQL'
create role rakkan_owner login createrole password :'owner_password';
create role rakkan_service login password :'service_password';
create database rakkan owner rakkan_owner;
revoke connect on database rakkan from public;
grant connect on database rakkan to rakkan_service;
SQL

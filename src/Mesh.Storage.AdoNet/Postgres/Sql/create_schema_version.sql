create schema if not exists mesh;
create table if not exists mesh.schema_version (
    version integer primary key,
    applied timestamptz not null default now()
);

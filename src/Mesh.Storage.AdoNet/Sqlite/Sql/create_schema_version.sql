create table if not exists schema_version (
    version integer primary key,
    applied text not null default current_timestamp
)

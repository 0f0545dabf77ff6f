-- In the order of names, so that two processes that create the same ones cannot wait for each other in a circle.
insert into mesh.streams (number, project, kind, name, options, metadata, created) overriding system value
select coalesce(number, nextval(pg_get_serial_sequence('mesh.streams', 'number'))), project, kind, name, options, metadata, created
from unnest($1::bytea[], $2::smallint[], $3::bytea[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[])
    as seed (project, kind, name, options, metadata, created, number)
order by project, kind, name
on conflict do nothing
returning number

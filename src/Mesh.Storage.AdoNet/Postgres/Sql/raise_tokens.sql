-- Locks in the order of numbers, as commit does; a commit under way is waited for, and then seen by what follows.
with held as (
    select s.number, asked.index
    from unnest($1::bytea[], $2::smallint[], $3::bytea[]) with ordinality as asked (project, kind, name, index)
    join mesh.streams s on s.project = asked.project and s.kind = asked.kind and s.name = asked.name
    order by s.number
    for no key update of s
)
update mesh.streams s set token = s.token + 1
from held
where s.number = held.number
returning held.index, s.number, s.options, s.metadata, s.created, s.token, s.low_watermark, s.next_sequence, s.last_time

select
    f.first_sequence, f.count, f.first_time, f.end_bytes, f.first_id, f.length,
    l.first_sequence, l.count, l.first_time, l.end_bytes, l.first_id, l.length,
    n.through, n.bytes
from unnest($1::bigint[]) with ordinality as asked (stream, index)
left join lateral (
    select b.first_sequence, b.count, b.first_time, b.end_bytes, b.first_id, octet_length(b.bytes) as length
    from mesh.batches b where b.stream = asked.stream order by b.first_sequence limit 1) f on true
left join lateral (
    select b.first_sequence, b.count, b.first_time, b.end_bytes, b.first_id, octet_length(b.bytes) as length
    from mesh.batches b where b.stream = asked.stream order by b.first_sequence desc limit 1) l on true
left join mesh.snapshots n on n.stream = asked.stream
order by asked.index

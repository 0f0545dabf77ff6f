select
    s.number, s.project, s.kind, s.name, s.options, s.low_watermark,
    f.first_sequence, f.count, f.first_time, f.end_bytes, f.first_id, f.length
from (select * from mesh.streams where number > $1 order by number limit $2) s
left join lateral (
    select b.first_sequence, b.count, b.first_time, b.end_bytes, b.first_id, octet_length(b.bytes) as length
    from mesh.batches b where b.stream = s.number order by b.first_sequence limit 1) f on true
order by s.number

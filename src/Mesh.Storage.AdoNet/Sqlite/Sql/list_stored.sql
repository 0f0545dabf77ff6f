select
    s.number, s.project, s.kind, s.name, s.options, s.low_watermark,
    b.first_sequence, b.count, b.first_time, b.end_bytes, b.first_id, length(b.bytes)
from streams s
left join batches b on b.stream = s.number
    and b.first_sequence = (select a.first_sequence from batches a where a.stream = s.number order by a.first_sequence limit 1)
where s.number > $after
order by s.number
limit $limit

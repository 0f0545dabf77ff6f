-- One row whatever there is: first and last batch, and the snapshot.
select
    f.first_sequence, f.count, f.first_time, f.end_bytes, f.first_id, length(f.bytes),
    l.first_sequence, l.count, l.first_time, l.end_bytes, l.first_id, length(l.bytes),
    n.through, n.bytes,
    exists (select 1 from journal j where j.stream = $stream)
from (select 1)
left join batches f on f.stream = $stream
    and f.first_sequence = (select a.first_sequence from batches a where a.stream = $stream order by a.first_sequence limit 1)
left join batches l on l.stream = $stream
    and l.first_sequence = (select a.first_sequence from batches a where a.stream = $stream order by a.first_sequence desc limit 1)
left join snapshots n on n.stream = $stream

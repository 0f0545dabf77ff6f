-- As read_batches, downwards: from the last that begins at or before $2 to the one that holds $3.
with page as (
    select b.first_sequence as first, b.end_bytes
    from mesh.batches b
    where b.stream = $1 and b.first_sequence <= $2 and b.first_sequence + b.count > $3
    order by b.first_sequence desc
    limit 1
),
bottom as (
    select coalesce(
        (select b.first_sequence from mesh.batches b where b.stream = $1 and b.first_sequence + b.count > $3 and b.first_sequence <= $3
         order by b.first_sequence desc limit 1), $3) as first
),
stop as (
    select coalesce((
        select b.first_sequence from mesh.batches b, page, bottom
        where b.stream = $1 and b.first_sequence <= page.first and b.first_sequence >= bottom.first
          and b.end_bytes - octet_length(b.bytes) <= page.end_bytes - $4
        order by b.first_sequence desc
        limit 1), bottom.first) as last
    from bottom
)
select b.first_sequence, b.count, b.first_time, b.bytes,
    exists (select 1 from mesh.batches a where a.stream = $1 and a.first_sequence < stop.last and a.first_sequence >= bottom.first) as more
from page, bottom, stop, mesh.batches b
where b.stream = $1 and b.first_sequence <= page.first and b.first_sequence >= stop.last
order by b.first_sequence desc

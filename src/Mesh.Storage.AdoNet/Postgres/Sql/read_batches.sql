-- The one that holds $2, or else the first after it, and those that follow, up to the first that fills the page. end_bytes rises
-- with each batch by its length, so that the page's end is found without touching a byte of the batches.
with page as (
    select b.first_sequence as first, b.end_bytes - octet_length(b.bytes) as start_bytes
    from mesh.batches b
    where b.stream = $1
      and b.first_sequence >= coalesce(
          (select a.first_sequence from mesh.batches a where a.stream = $1 and a.first_sequence <= $2 order by a.first_sequence desc limit 1), 0)
      and b.first_sequence <= $3
      and b.first_sequence + b.count > $2
    order by b.first_sequence
    limit 1
),
stop as (
    select coalesce((
        select b.first_sequence from mesh.batches b, page
        where b.stream = $1 and b.first_sequence >= page.first and b.first_sequence <= $3 and b.end_bytes >= page.start_bytes + $4
        order by b.first_sequence
        limit 1), $3) as last
)
select b.first_sequence, b.count, b.first_time, b.bytes,
    exists (select 1 from mesh.batches a where a.stream = $1 and a.first_sequence > stop.last and a.first_sequence <= $3) as more
from page, stop, mesh.batches b
where b.stream = $1 and b.first_sequence >= page.first and b.first_sequence <= stop.last
order by b.first_sequence

-- The oldest first, up to $end of the stream's bytes; the very first goes however large it is.
delete from batches where rowid in (
    select rowid from batches
    where stream = $stream and first_sequence < $low and first_sequence + count <= $low
      and (end_bytes <= $end or first_sequence = (select first_sequence from batches where stream = $stream order by first_sequence limit 1))
    order by first_sequence
    limit $batches)
returning end_bytes

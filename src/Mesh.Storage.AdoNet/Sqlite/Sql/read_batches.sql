-- The one that holds $from, or else the first after it, and those that follow. The reader stops when its page is full.
select first_sequence, count, first_time, bytes from batches
where stream = $stream
  and first_sequence <= $through
  and first_sequence >= coalesce(
      (select first_sequence from batches where stream = $stream and first_sequence <= $from order by first_sequence desc limit 1), 0)
  and first_sequence + count > $from
order by first_sequence

select first_sequence, count, first_time, bytes from batches
where stream = $stream
  and first_sequence <= $from
  and first_sequence >= coalesce(
      (select first_sequence from batches where stream = $stream and first_sequence <= $through order by first_sequence desc limit 1), 0)
  and first_sequence + count > $through
order by first_sequence desc

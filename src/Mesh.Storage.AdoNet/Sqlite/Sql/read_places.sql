select first_sequence, count, first_time, end_bytes, first_id, length(bytes) from batches
where stream = $stream
  and first_sequence >= coalesce(
      (select first_sequence from batches where stream = $stream and first_sequence <= $from order by first_sequence desc limit 1), 0)
  and first_sequence + count > $from
order by first_sequence
limit $limit

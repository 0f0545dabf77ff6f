select first_sequence, count, first_time, end_bytes, first_id, octet_length(bytes) from mesh.batches
where stream = $1
  and first_sequence >= coalesce(
      (select first_sequence from mesh.batches where stream = $1 and first_sequence <= $2 order by first_sequence desc limit 1), 0)
  and first_sequence + count > $2
order by first_sequence
limit $3

select first_sequence, count, first_time, end_bytes, first_id, length(bytes) from batches
where stream = $stream and first_sequence > $sequence
order by first_sequence
limit 1

select first_sequence, count, first_time, end_bytes, first_id, octet_length(bytes) from mesh.batches
where stream = $1 and first_sequence = (select mesh.find_batch($1, $2, $3))

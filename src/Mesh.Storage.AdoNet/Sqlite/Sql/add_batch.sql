-- Adds nothing where the token is stale or the batch is there already.
insert into batches (stream, first_sequence, count, first_time, end_bytes, first_id, bytes)
select number, $first, $count, $time, $end, $id, $bytes from streams where number = $stream and token = $token
on conflict do nothing

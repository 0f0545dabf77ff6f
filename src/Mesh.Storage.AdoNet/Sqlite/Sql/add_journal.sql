insert into journal (stream, number, bytes)
select number, $number, $bytes from streams where number = $stream and token = $token
on conflict do nothing

insert into snapshots (stream, through, bytes)
select number, $through, $bytes from streams where number = $stream and token = $token
on conflict (stream) do update set through = excluded.through, bytes = excluded.bytes

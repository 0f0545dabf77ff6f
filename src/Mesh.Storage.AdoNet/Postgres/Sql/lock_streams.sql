-- In the order of numbers, so that two commits cannot wait for each other in a circle. Whoever waits here while a new owner raises the
-- token then sees that token, and does not get the row.
select count(*) from (
    select s.number
    from unnest($1::bigint[], $2::bigint[]) as asked (stream, token)
    join mesh.streams s on s.number = asked.stream
    where s.token = asked.token
    order by s.number
    for no key update of s
) held

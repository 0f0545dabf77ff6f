-- Runs after lock_streams in the same transaction, with a snapshot taken after its waits. Gives the streams that failed (1), and
-- those that have more to be deleted than one transaction may (2). All parts see the
-- tables as they were before: what one commit both adds and trims is therefore not added at all. Tables are probed by scalar subqueries,
-- and membership by NOT IN over a hash: the planner cannot turn either into a scan of a whole table.
with asked as (
    select * from unnest($1::bigint[], $2::bigint[]) as a (stream, token)
),
batch as (
    select * from unnest($3::bigint[], $4::bigint[], $5::integer[], $6::bigint[], $7::bigint[], $8::bytea[], $9::bytea[], $10::bigint[])
        as b (stream, first_sequence, count, first_time, end_bytes, first_id, bytes, low)
),
entry as (
    select * from unnest($11::bigint[], $12::bigint[], $13::bytea[], $14::bigint[]) as e (stream, number, bytes, through)
),
snapshot as (
    select * from unnest($15::bigint[], $16::bigint[], $17::bytea[]) as n (stream, through, bytes)
),
trim as (
    select * from unnest($18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[]) as t (stream, low, next, time)
),
lost as materialized (
    select a.stream from asked a
    where a.token is distinct from (select s.token from mesh.streams s where s.number = a.stream)
    union all
    select b.stream from batch b
    where (select true from mesh.batches t where t.stream = b.stream and t.first_sequence = b.first_sequence)
    union all
    select e.stream from entry e
    where (select true from mesh.journal t where t.stream = e.stream and t.number = e.number)
),
add_batches as (
    insert into mesh.batches (stream, first_sequence, count, first_time, end_bytes, first_id, bytes)
    select stream, first_sequence, count, first_time, end_bytes, first_id, bytes from batch
    where stream not in (select stream from lost) and first_sequence + count > low
),
add_entries as (
    insert into mesh.journal (stream, number, bytes)
    select stream, number, bytes from entry
    where stream not in (select stream from lost) and number > through
),
put_snapshots as (
    insert into mesh.snapshots (stream, through, bytes)
    select stream, through, bytes from snapshot
    where stream not in (select stream from lost)
    on conflict (stream) do update set through = excluded.through, bytes = excluded.bytes
),
trim_journals as (
    delete from mesh.journal j using snapshot n
    where j.stream = n.stream and j.number <= n.through and n.stream not in (select stream from lost)
),
put_watermarks as (
    update mesh.streams s set low_watermark = t.low, next_sequence = t.next, last_time = t.time
    from trim t
    where s.number = t.stream and t.stream not in (select stream from lost)
),
old_batches as materialized (
    select o.stream, o.first_sequence, sum(o.size) over (order by o.stream, o.first_sequence) - o.size as before
    from (
        select t.stream, c.first_sequence, c.size
        from trim t
        cross join lateral (
            select b.first_sequence, octet_length(b.bytes) as size
            from mesh.batches b
            where b.stream = t.stream and b.first_sequence < t.low and b.first_sequence + b.count <= t.low
            order by b.first_sequence
            limit $22) c
        where t.stream not in (select stream from lost)
        limit $22
    ) o
),
cut as materialized (
    select stream, max(first_sequence) as last from old_batches where before < $23 group by stream
),
trim_batches as (
    delete from mesh.batches b using cut c where b.stream = c.stream and b.first_sequence <= c.last
)
select stream, 1 from lost
union all
select t.stream, 2 from trim t
where t.stream not in (select stream from lost)
  and (select true from mesh.batches b
       where b.stream = t.stream and b.first_sequence > coalesce((select c.last from cut c where c.stream = t.stream), 0)
         and b.first_sequence < t.low and b.first_sequence + b.count <= t.low
       order by b.first_sequence
       limit 1)

-- One bounded step on one stream; a step that finds nothing more ends it. Another process's step on the same stream is passed by.
with pick as materialized (
    select stream from mesh.dropped order by stream limit 1 for update skip locked
),
old_batches as materialized (
    select b.stream, b.first_sequence from mesh.batches b join pick on pick.stream = b.stream order by b.first_sequence limit $1
),
old_entries as materialized (
    select j.stream, j.number from mesh.journal j join pick on pick.stream = j.stream order by j.number limit $1
),
remove_batches as (
    delete from mesh.batches b using old_batches o where b.stream = o.stream and b.first_sequence = o.first_sequence
),
remove_entries as (
    delete from mesh.journal j using old_entries o where j.stream = o.stream and j.number = o.number
),
remove_snapshot as (
    delete from mesh.snapshots n using pick where n.stream = pick.stream
),
forget as (
    delete from mesh.dropped d using pick
    where d.stream = pick.stream and not exists (select 1 from old_batches) and not exists (select 1 from old_entries)
    returning d.stream
)
select exists (select 1 from pick) and (not exists (select 1 from forget) or (select count(*) from (select 1 from mesh.dropped limit 2) d) > 1)

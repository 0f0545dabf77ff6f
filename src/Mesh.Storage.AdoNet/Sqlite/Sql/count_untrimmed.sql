-- 1 when a whole batch is left below $low.
select count(*) from (
    select 1 from batches where stream = $stream and first_sequence < $low and first_sequence + count <= $low order by first_sequence limit 1)

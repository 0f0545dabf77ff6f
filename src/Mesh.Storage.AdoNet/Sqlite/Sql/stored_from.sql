-- Where the stored ones begin among the bytes of all batches.
select end_bytes - length(bytes) from batches where stream = $stream order by first_sequence limit 1

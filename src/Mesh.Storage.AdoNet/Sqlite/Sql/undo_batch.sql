delete from batches where stream = $stream and first_sequence = $first

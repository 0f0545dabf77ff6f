delete from batches where stream = $stream and first_sequence < $low and first_sequence + count <= $low

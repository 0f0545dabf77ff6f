delete from snapshots where stream = $stream

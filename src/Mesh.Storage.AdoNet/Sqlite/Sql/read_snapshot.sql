select through, bytes from snapshots where stream = $stream

delete from journal where stream = $stream and number <= $through

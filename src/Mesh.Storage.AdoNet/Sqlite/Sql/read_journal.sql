select number, bytes from journal where stream = $stream order by number

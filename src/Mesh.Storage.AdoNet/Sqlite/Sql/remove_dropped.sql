delete from dropped where stream = $stream

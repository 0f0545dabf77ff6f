delete from batches where rowid in (select rowid from batches where stream = $stream order by first_sequence limit $limit)

delete from journal where rowid in (select rowid from journal where stream = $stream order by number limit $limit)

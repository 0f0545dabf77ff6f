select stream from dropped order by stream limit 1

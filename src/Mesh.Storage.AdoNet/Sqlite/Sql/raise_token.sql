update streams set token = token + 1
where project = $project and kind = $kind and name = $name
returning number, options, metadata, created, token, low_watermark, next_sequence, last_time

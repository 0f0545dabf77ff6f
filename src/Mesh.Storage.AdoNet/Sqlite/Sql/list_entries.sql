select number, name, options, metadata, created from streams
where project = $project and kind = $kind and name > $after
order by name
limit $limit

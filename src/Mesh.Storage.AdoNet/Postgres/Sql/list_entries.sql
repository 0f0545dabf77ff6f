select number, name, options, metadata, created from mesh.streams
where project = $1 and kind = $2 and name > $3
order by name
limit $4

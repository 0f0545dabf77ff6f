select count(*) from mesh.streams where project = $1 and kind = $2

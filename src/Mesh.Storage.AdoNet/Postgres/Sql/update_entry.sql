update mesh.streams set options = $2, metadata = $3 where number = $1

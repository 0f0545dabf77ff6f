delete from streams where project = $project and kind = $kind and name = $name returning number

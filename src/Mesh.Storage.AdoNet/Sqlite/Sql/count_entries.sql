select count(*) from streams where project = $project and kind = $kind

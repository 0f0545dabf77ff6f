delete from streams
where project = $project and kind = $kind and name = $name and number = ifnull($only, number)
returning number

insert into streams (number, project, kind, name, options, metadata, created)
values ($number, $project, $kind, $name, $options, $metadata, $created)
returning number

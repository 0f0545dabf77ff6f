insert into streams (project, kind, name, options, metadata, created)
values ($project, $kind, $name, $options, $metadata, $created)
returning number

with gone as (
    delete from mesh.streams where project = $1 and kind = $2 and name = $3 and number = coalesce($4, number) returning number
)
insert into mesh.dropped (stream) select number from gone returning stream

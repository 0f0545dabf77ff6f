insert into dropped (stream) values ($stream)

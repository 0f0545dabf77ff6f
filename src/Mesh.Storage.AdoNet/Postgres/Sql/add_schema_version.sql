insert into mesh.schema_version (version) values ($1)

select coalesce(max(version), 0) from mesh.schema_version

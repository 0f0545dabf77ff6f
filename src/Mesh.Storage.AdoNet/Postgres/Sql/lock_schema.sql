-- Held to the end of the transaction: one process migrates, the others wait. The number means nothing but "Mesh's schema".
select pg_advisory_xact_lock(5567195320241)

insert into mesh.cluster (service_id, cluster_id) values ($1, $2) on conflict do nothing

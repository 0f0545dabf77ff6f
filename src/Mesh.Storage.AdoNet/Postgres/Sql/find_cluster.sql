select service_id, cluster_id from mesh.cluster

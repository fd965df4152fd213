"""The JSON API: translate HTTP into operations and their answers into HTTP, nothing else."""

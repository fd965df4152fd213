"""Evidence about a video in, a verdict out; and the repository of manifests that were stamped."""

"""One verb each, the same for HTTP, command line, worker and page. They alone open transactions."""

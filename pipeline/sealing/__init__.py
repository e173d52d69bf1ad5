"""Keys of documents and of NIK: wrapped by the office's key, opened for who reads, destroyed for good."""

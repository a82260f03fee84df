"""What the stored pixels inside of a drawn region say: the address of the question, its answer by a worker."""

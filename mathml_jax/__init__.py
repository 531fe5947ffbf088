"""The mathematics of machine learning as small, pure JAX functions, each beside its formula and its derivative."""

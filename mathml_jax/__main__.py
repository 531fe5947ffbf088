"""``python -m mathml_jax`` is ``mathml-jax``."""

from mathml_jax.cli import main

main()

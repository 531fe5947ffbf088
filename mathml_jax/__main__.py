"""``python -m mathml_jax`` is ``mathml-jax``."""

from mathml_jax.cli import main

if __name__ == "__main__":
    main()

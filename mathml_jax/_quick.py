"""For processes whose time is compilation: comparisons and tests, where everything runs once."""

import os
from importlib.metadata import version


def compile_quickly() -> None:
    """Compiles without optimisation from now on; to be called before JAX wakes a device."""
    import jax

    jax.config.update("jax_disable_most_optimizations", True)
    # XLA ends the process at a flag that it does not know, so only the versions that are known to have it get it.
    if version("jaxlib").startswith("0.10."):
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_use_fusion_emitters=false"

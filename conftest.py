"""How every test and doctest runs: float64 on, promotion strict, compilation cached and unoptimised."""

import gc
import itertools
import os
import tempfile
from pathlib import Path

import jax
import pytest

from mathml_jax._quick import compile_quickly

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
compile_quickly()
jax.config.update(
    "jax_compilation_cache_dir",
    os.environ.get("JAX_COMPILATION_CACHE_DIR", str(Path(tempfile.gettempdir(), "mathml-jax-tests"))),
)
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


# A collection of all that tracing leaves walks through millions of objects: only now and then.
gc.set_threshold(100_000, 20, 1_000_000)
_ran = itertools.count(1)


def pytest_runtest_teardown():
    """Every program keeps a few mappings of memory, of which a process may have only so many."""
    if next(_ran) % 200 == 0:
        jax.clear_caches()
        gc.collect()


@pytest.fixture
def peers():
    """JAX's default promotion, for peers that rely on it."""
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        yield


@pytest.fixture
def plain_types():
    """No run-time type checks, so that users' own errors are what is tested."""
    from jaxtyping import config

    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)

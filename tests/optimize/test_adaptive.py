"""Adam against optax, step by step, on trees of every kind, and its uncorrected form."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mathml_jax.optimize import AdamState, adam, adam_no_bias_correction
from tests.optimize import problems

BOTH = pytest.mark.parametrize("make", [adam, adam_no_bias_correction])
TREES = {
    "nested": {"w": np.array([[3.0, -0.5]]), "b": (np.array([1e-3]), [np.array(7.0)])},
    "None leaves": {"w": np.array([1.0, -2.0]), "frozen": None},
    "empty": {},
    "no entries": np.zeros((0, 3)),
    "a scalar": np.array(-4.0),
}


CHAINS = {
    "optax first": lambda opt: (optax.clip_by_global_norm(1.0), opt),
    "optax last": lambda opt: (opt, optax.scale(0.5)),
}


def assert_trees_close(ours, theirs):
    assert jax.tree.structure(ours) == jax.tree.structure(theirs)
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=8 * np.finfo(float).eps)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_every_step_is_optaxs_without_x64(peers, dtype):
    with jax.enable_x64(False):
        assert problems.fed_alike(adam(0.01), optax.adam(0.01), *problems.together((problems.valley,), (dtype,))) <= 8


@BOTH
@pytest.mark.parametrize("gradients", TREES.values(), ids=TREES)
def test_any_tree(make, gradients):
    optimizer = make(0.1)
    gradients = jax.tree.map(jnp.asarray, gradients)
    state = optimizer.init(gradients)
    updates, state = jax.jit(optimizer.update)(gradients, state)
    assert jax.tree.structure(updates) == jax.tree.structure(state.mu) == jax.tree.structure(gradients)
    assert state.count == 1
    assert all(u.shape == g.shape for u, g in zip(*map(jax.tree.leaves, (updates, gradients)), strict=True))


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_chains_with_optaxs_both_ways(peers, chain):
    gradients = jax.tree.map(jnp.asarray, TREES["nested"])
    ours, theirs = (optax.chain(*chain(opt)) for opt in (adam(0.1), optax.adam(0.1)))
    assert_trees_close(*(jax.jit(opt.update)(gradients, opt.init(gradients))[0] for opt in (ours, theirs)))


def test_masked(peers):
    gradients = {"w": jnp.array([3.0, -0.5]), "frozen": jnp.array([1.0])}
    mask = {"w": True, "frozen": False}
    ours, theirs = (optax.masked(opt, mask) for opt in (adam(0.1), optax.adam(0.1)))
    assert_trees_close(*(jax.jit(opt.update)(gradients, opt.init(gradients))[0] for opt in (ours, theirs)))


def test_injected_hyperparameters(peers):
    gradients = jnp.array([3.0, -0.5])
    ours, theirs = (optax.inject_hyperparams(make)(learning_rate=0.1) for make in (adam, optax.adam))
    assert_trees_close(*(jax.jit(opt.update)(gradients, opt.init(gradients))[0] for opt in (ours, theirs)))


def test_the_state_is_found_by_name():
    state = adam(0.1).init({"w": jnp.ones(2)})
    assert isinstance(state, AdamState)
    assert state.count.dtype == jnp.int32
    assert optax.tree_utils.tree_get(state, "nu")["w"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("dtype", "mu_dtype"), [(jnp.bfloat16, None), (jnp.bfloat16, jnp.float32), (jnp.float32, jnp.bfloat16)]
)
def test_dtypes_of_moments_and_updates_are_optaxs(peers, dtype, mu_dtype):
    gradients = jnp.array([3.0, -0.5], dtype)
    ours, theirs = (make(0.1, mu_dtype=mu_dtype) for make in (adam, optax.adam))
    update_a, a = ours.update(gradients, ours.init(gradients))
    update_b, (b, _) = theirs.update(gradients, theirs.init(gradients))
    assert (update_a.dtype, a.mu.dtype, a.nu.dtype) == (update_b.dtype, b.mu.dtype, b.nu.dtype)
    assert problems.fed_alike(ours, theirs, *problems.together((problems.bowl,), (dtype,)), steps=100) <= 8


def test_a_schedule_under_strict_promotion():
    gradients = jnp.array([3.0, -0.5], jnp.float32)
    optimizer = adam(optax.exponential_decay(0.1, 10, 0.9))
    assert optimizer.update(gradients, optimizer.init(gradients))[0].dtype == jnp.float32


@BOTH
def test_a_gradient_of_zero_moves_nothing(make):
    updates, state = make(0.1).update(jnp.zeros(3), make(0.1).init(jnp.zeros(3)))
    assert not updates.any()
    assert not state.nu.any()


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_first_step(scale):
    """One rate long with the correction, (1 - b1) / sqrt(1 - b2) = 3.16 rates without."""
    gradient = jnp.array([2.0, -1.0]) * scale
    for make, length in ((adam, 1.0), (adam_no_bias_correction, 0.1 / np.sqrt(0.001))):
        updates, _ = make(0.01, eps=0.0).update(gradient, make(0.01).init(gradient))
        np.testing.assert_allclose(updates, [-0.01 * length, 0.01 * length], rtol=1e-13)
    assert 3.16 < length < 3.17


def test_the_correction_is_forgotten():
    """After b2's memory has passed, both forms take the same step."""
    gradient = jnp.array([2.0])
    state = AdamState(jnp.int32(100_000), gradient, gradient**2)
    np.testing.assert_allclose(
        adam(0.1).update(gradient, state)[0], adam_no_bias_correction(0.1).update(gradient, state)[0], rtol=1e-15
    )


def test_differentiable_through_a_step_at_a_gradient_of_zero():
    optimizer = adam(0.1, eps_root=1e-8)
    slope = jax.grad(lambda g: optimizer.update(g, optimizer.init(g))[0])(0.0)
    np.testing.assert_allclose(slope, -0.1 / (1e-4 + 1e-8), rtol=1e-14)


@BOTH
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": -0.1}, "learning_rate at least 0, got -0.1"),
        ({"learning_rate": float("nan")}, "learning_rate at least 0, got nan"),
        ({"learning_rate": 0.1, "eps": -1e-8}, "eps at least 0, got -1e-08"),
        ({"learning_rate": 0.1, "b1": 1.0}, r"b1 in \[0, 1\), got 1.0"),
        ({"learning_rate": 0.1, "b2": -0.5}, r"b2 in \[0, 1\), got -0.5"),
    ],
)
def test_bad_options(plain_types, make, options, message):
    with pytest.raises(ValueError, match=f"{make.__name__}: expected {message}"):
        make(**options)


@BOTH
@pytest.mark.parametrize(
    ("gradients", "message"),
    [
        ({"v": np.ones(2)}, "gradients with the tree of the parameters"),
        ({"w": np.ones((2, 1))}, r"gradients with the shapes of the parameters, \[\(2,\)\], got \[\(2, 1\)\]"),
    ],
)
def test_bad_gradients(plain_types, make, gradients, message):
    optimizer = make(0.1)
    with pytest.raises(ValueError, match=f"{make.__name__}: expected {message}"):
        optimizer.update(gradients, optimizer.init({"w": jnp.ones(2)}))

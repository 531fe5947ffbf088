"""What every optimiser shares: checks of its rates and gradients, the step, a run along given gradients."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, ArrayLike, Int

from mathml_jax._checks import expect


def expect_at_least_zero(function: str, **rates: Any) -> None:
    """Raises ValueError for a rate below 0 or NaN; schedules and traced values pass."""
    for name, rate in rates.items():
        if not callable(rate):
            try:
                ok = bool(rate >= 0)
            except jax.errors.TracerBoolConversionError:
                continue
            expect(ok, function, f"{name} at least 0", rate)


def expect_decay(function: str, **decays: Any) -> None:
    """Raises ValueError for a decay outside [0, 1); traced values pass."""
    for name, decay in decays.items():
        try:
            ok = bool(decay >= 0) and bool(decay < 1)
        except jax.errors.TracerBoolConversionError:
            continue
        expect(ok, function, f"{name} in [0, 1)", decay)


def expect_like(function: str, gradients: optax.Updates, params: optax.Params) -> None:
    """Raises ValueError unless the gradients have the tree and the shapes of the parameters."""
    got, expected = jax.tree.structure(gradients), jax.tree.structure(params)
    expect(got == expected, function, f"gradients with the tree of the parameters, {expected}", got)
    shapes, wanted = ([jnp.shape(leaf) for leaf in jax.tree.leaves(tree)] for tree in (gradients, params))
    expect(shapes == wanted, function, f"gradients with the shapes of the parameters, {wanted}", shapes)


def step_against(
    direction: optax.Updates, learning_rate: ArrayLike | optax.Schedule, count: Int[ArrayLike, ""]
) -> optax.Updates:
    """What the learning rate after `count` steps takes away from the parameters, in the dtypes of the direction."""
    with jax.numpy_dtype_promotion("standard"):
        rate = learning_rate(count) if callable(learning_rate) else learning_rate
    return jax.tree.map(lambda d: -jnp.asarray(rate, d.dtype) * d, direction)


def updates_of(
    make: Callable[[Any], optax.GradientTransformation], learning_rate: ArrayLike | optax.Schedule
) -> Callable[[Array], optax.Updates]:
    """A function from a sequence of gradients, shape [steps, ...], to the updates that the optimiser makes of them."""

    def updates(gradients: Array) -> optax.Updates:
        optimizer = make(learning_rate)

        def step(state: optax.OptState, gradient: Array) -> tuple[optax.OptState, optax.Updates]:
            update, state = optimizer.update(gradient, state)
            return state, update

        return jax.lax.scan(step, optimizer.init(gradients[0]), gradients)[1]

    return updates

"""What every optimiser shares: a rule for one leaf becomes a transformation of whole trees, its options are checked."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import random
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Int

from mathml_jax._checks import expect

Rate = ArrayLike | optax.Schedule
"""A number, or a function of the number of steps taken."""

Rule = Callable[..., tuple[Array, ...]]
"""The formula for one leaf: step number from 1 on, gradient, moments; to the direction and the new moments."""


class WeightDecay(NamedTuple):
    """A pull of the parameters to zero beside the gradient: how strong, on which leaves, times the learning rate?"""

    strength: Rate
    mask: Any = None
    times_rate: bool = True


def from_rule(
    function: str,
    state_type: Callable[..., Any],
    moments: Mapping[str, Callable[[Any], Array]],
    rule: Rule,
    learning_rate: Rate,
    decay: WeightDecay | None = None,
) -> optax.GradientTransformation:
    """The optimiser `function` that steps against the direction of `rule`, leaf by leaf.

    `moments` names the fields of the state behind ``count`` that the rule keeps, and says what each begins with for a
    leaf of the parameters; their dtypes stay.
    """
    expect_at_least_zero(function, learning_rate=learning_rate)

    def init(params: optax.Params) -> Any:
        expect_floating(function, params)
        start = {name: jax.tree.map(begin, params) for name, begin in moments.items()}
        return state_type(count=jnp.zeros([], jnp.int32), **start)

    def update(updates: optax.Updates, state: Any, params: optax.Params | None = None) -> tuple[optax.Updates, Any]:
        before = [getattr(state, name) for name in moments]
        if before or params is not None:
            expect_like(function, updates, before[0] if before else params)
        count = optax.safe_increment(state.count)
        with jax.numpy_dtype_promotion("standard"):
            direction, *after = _unzipped(partial(rule, count), updates, *before)
            pull = None if decay is None else _pull(function, decay, state.count, params)
            if decay is not None and decay.times_rate:
                direction = jax.tree.map(jnp.add, direction, pull)
            change = step_against(direction, learning_rate, state.count)
            if decay is not None and not decay.times_rate:
                change = jax.tree.map(jnp.subtract, change, pull)
        after = [
            jax.tree.map(lambda new, old: new.astype(old.dtype), *pair) for pair in zip(after, before, strict=True)
        ]
        return change, state_type(count=count, **dict(zip(moments, after, strict=True)))

    return optax.GradientTransformation(init, update)


def _unzipped(rule: Rule, updates: optax.Updates, *moments: optax.Updates) -> list[optax.Updates]:
    """What the rule makes of every leaf: a tree of directions, and one of each moment."""
    leaves, tree = jax.tree.flatten(updates)
    ruled = [rule(jnp.asarray(g), *m) for g, *m in zip(leaves, *map(jax.tree.leaves, moments), strict=True)]
    return [tree.unflatten(each[i] for each in ruled) for i in range(1 + len(moments))]


def step_against(direction: optax.Updates, learning_rate: Rate, count: Int[ArrayLike, ""]) -> optax.Updates:
    """What the learning rate after `count` steps takes away from the parameters, in the dtypes of the direction."""
    rate = _at(learning_rate, count)
    return jax.tree.map(lambda d: -jnp.asarray(rate, d.dtype) * d, direction)


def zeros(dtype: DTypeLike | None = None) -> Callable[[Any], Array]:
    """What a moment begins with: zeros like the parameters, in a dtype of its own if one is given."""
    return lambda p: jnp.zeros_like(p, dtype=dtype)


def debiased(moment: Array, decay: ArrayLike, count: Array) -> Array:
    """The moment over the sum of its weights so far, which is taken before it is cast: b2**t may round to one."""
    weights = jnp.asarray(1 - decay**count)
    return moment / weights.astype(moment.dtype)


def looked_ahead(gradient: Array, moment: Array, decay: ArrayLike, count: Array) -> Array:
    """The corrected average as it will be after one more such gradient, by Nesterov's and Dozat's rule."""
    ahead, now = debiased(moment, decay, count + 1), debiased(gradient, decay, count)
    return jnp.add(decay * ahead, (1 - decay) * now)


def averaged(value: Array, moment: Array, decay: ArrayLike) -> Array:
    """The moving average after one more value."""
    return jnp.add((1 - decay) * value, decay * moment)


def _at(rate: Rate, count: Int[ArrayLike, ""]) -> ArrayLike:
    """The rate after `count` steps."""
    with jax.numpy_dtype_promotion("standard"):
        return rate(count) if callable(rate) else rate


def _pull(function: str, decay: WeightDecay, count: Int[ArrayLike, ""], params: Any) -> optax.Updates:
    """The decay times the parameters that its mask selects, zero for the others."""
    expect(params is not None, function, "the parameters in update, for the weight decay", None)
    strength = _at(decay.strength, count)
    mask = decay.mask(params) if callable(decay.mask) else decay.mask
    # A mask may be a prefix of the tree.
    masks = jax.tree.broadcast(True if mask is None else mask, params)
    return jax.tree.map(lambda p, kept: jnp.asarray(strength if kept else 0, p.dtype) * p, params, masks)


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


def expect_moments(
    function: str, b1: ArrayLike, b2: ArrayLike, eps: ArrayLike = 0.0, eps_root: ArrayLike = 0.0
) -> None:
    """Raises ValueError for decays outside [0, 1) or epsilons below 0."""
    expect_decay(function, b1=b1, b2=b2)
    expect_at_least_zero(function, eps=eps, eps_root=eps_root)


def expect_floating(function: str, params: optax.Params) -> None:
    """Raises ValueError for parameters that are no floating-point numbers, which a small step would not move."""
    for leaf in jax.tree.leaves(params):
        dtype = jnp.result_type(leaf)
        expect(jnp.issubdtype(dtype, jnp.floating), function, "parameters of a floating-point dtype", dtype)


def expect_like(function: str, gradients: Any, params: Any) -> None:
    """Raises ValueError unless the gradients have the tree and the shapes of the parameters."""
    got, expected = jax.tree.structure(gradients), jax.tree.structure(params)
    expect(got == expected, function, f"gradients with the tree of the parameters, {expected}", got)
    shapes, wanted = ([jnp.shape(leaf) for leaf in jax.tree.leaves(tree)] for tree in (gradients, params))
    expect(shapes == wanted, function, f"gradients with the shapes of the parameters, {wanted}", shapes)


def updates_of(make: Callable[..., optax.GradientTransformation], *options: Any) -> Callable[..., Any]:
    """A function from a sequence of gradients, shape [steps, ...], to the updates that the optimiser makes of them.

    The parameters begin at zero and follow the updates, for optimisers that look at them.
    """

    def updates(gradients: Array) -> Array:
        optimizer = make(*options)

        def step(carry: Any, gradient: Array) -> tuple[Any, Any]:
            params, state = carry
            update, state = optimizer.update(gradient, state, params)
            return (params + update, state), update

        start = jnp.zeros_like(gradients[0])
        return jax.lax.scan(step, (start, optimizer.init(start)), gradients)[1]

    return updates


def gradients_in_a_row(key: Array) -> tuple[Array]:
    """An example for the catalogue: what `updates_of` takes."""
    return (random.normal(key, (6, 3), jnp.float64),)

"""The noncentral chi-square law: the Poisson mixture in Arb is the reference, in both tails."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from flint import arb, ctx

from mathml_jax.special import _noncentral_gamma as law
from mathml_jax.special.incomplete_gamma import gammainc, gammaincc
from mathml_jax.special.noncentral_chi_square import chndtr, chndtr_gradient, chndtrc, chndtrix, chndtrix_gradient

EPS = 2.0**-52
# x, df, nc: in the middle, in either tail, beyond the smallest number, and where one term is as good as another.
POINTS = (
    (4.0, 3.0, 2.0),
    (0.01, 1.0, 30.0),
    (1e-8, 0.3, 1.0),
    (900.0, 2.5, 40.0),
    (1200.0, 30.0, 700.0),
    (5.0, 3.0, 2000.0),
    (6000.0, 1.0, 0.5),
    (0.5, 0.04, 0.1),
    (3000.0, 700.0, 2300.0),
    (20.0, 20.0, 1e-12),
)


def mixture(x, df, nc, upper):
    """The tail as a sum of Poisson probabilities times incomplete gamma functions, these by their recurrence."""
    before, ctx.prec = ctx.prec, 400
    try:
        y, a, rate = (arb(float(v)) / 2 for v in (x, df, nc))
        last = int(nc + 1.5 * x) + 300
        steps = [(a * y.log() - y - (a + 1).lgamma()).exp()]
        weights = [(-rate).exp()]
        for j in range(1, last):
            steps.append(steps[-1] * y / (a + j))
            weights.append(weights[-1] * rate / j)
        if upper:
            tails = [y.gamma_upper(a, regularized=1)]
            for step in steps[:-1]:
                tails.append(tails[-1] + step)
        else:
            # Beyond the last step nothing is left.
            tails = [arb(0)]
            for step in steps[::-1]:
                tails.append(tails[-1] + step)
            tails = tails[:0:-1]
        return sum((w * t for w, t in zip(weights, tails, strict=True)), arb(0))
    finally:
        ctx.prec = before


@pytest.mark.parametrize("point", POINTS)
def test_tails_and_their_logarithms_against_the_mixture(point):
    x, df, nc = point
    for upper, function, log in ((False, chndtr, law.log_lower), (True, chndtrc, law.log_upper)):
        exact = mixture(x, df, nc, upper)
        got, got_log = float(function(x, df, nc)), float(log(*(jnp.asarray(v / 2) for v in (df, nc, x))))
        expected, expected_log = float(exact), float(exact.log())
        assert abs(got - expected) <= 16 * EPS * expected * max(1.0, -expected_log) / min(1.0, df) + 1e-308
        assert abs(got_log - expected_log) <= 16 * EPS * max(-expected_log, min(1.0, expected)) / min(1.0, df)


def test_without_noncentrality_it_is_the_central_law():
    x, df = np.array([[0.1], [1.0], [7.0], [80.0]]), np.array([0.6, 1.0, 5.5, 40.0])
    np.testing.assert_allclose(chndtr(x, df, 0.0), gammainc(df / 2, x / 2), rtol=1e-13)
    np.testing.assert_allclose(chndtrc(x, df, 0.0), gammaincc(df / 2, x / 2), rtol=1e-13)


@pytest.mark.parametrize(("df", "nc"), [(1e8, 1.0), (3.0, 1e8), (1e6, 1e7), (1.0, 1e12)])
def test_very_large_parameters_approach_the_normal_law(df, nc):
    """By the next term of Edgeworth's expansion."""
    z = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    deviation = np.sqrt(2 * (df + 2 * nc))
    got = chndtr(df + nc + deviation * z, df, nc)
    skew = np.sqrt(8.0) * (df + 3 * nc) / (df + 2 * nc) ** 1.5
    bend = skew / 6 * (z * z - 1) * scipy.stats.norm.pdf(z)
    np.testing.assert_allclose(got, scipy.stats.norm.cdf(z) - bend, rtol=300 * abs(deviation / (df + nc)) ** 2 + 1e-7)


def test_the_noncentrality_moves_the_tail_by_half_the_difference_to_two_more_degrees_of_freedom():
    x, df, nc = np.array([0.3, 4.0, 30.0]), np.array([0.4, 3.0, 8.0]), np.array([0.1, 3.0, 9.0])
    in_x, _, in_nc = chndtr_gradient(x, df, nc)
    np.testing.assert_allclose(in_nc, (chndtr(x, df + 2, nc) - chndtr(x, df, nc)) / 2, rtol=2e-14, atol=4 * EPS)
    np.testing.assert_allclose(in_nc, -chndtr_gradient(x, df + 2, nc)[0], rtol=4e-14)
    np.testing.assert_allclose(in_x, scipy.stats.ncx2.pdf(x, df, nc), rtol=1e-13)


def test_slopes_of_all_orders_against_differences():
    point = jnp.array([6.0, 3.3, 2.5])

    def value(point):
        return chndtrc(point[0], point[1], point[2])

    slope, curvature = jax.jit(jax.grad(value))(point), jax.jit(jax.jacfwd(jax.grad(value)))(point)
    moves = 1e-3 * np.eye(3)
    many, slopes = jax.jit(jax.vmap(value)), jax.jit(jax.vmap(jax.grad(value)))
    for function, got in ((many, slope), (slopes, curvature)):
        one, two = (function(point[None] + n * moves) - function(point[None] - n * moves) for n in (1, 2))
        np.testing.assert_allclose(got, (8 * one - two) / 0.012, atol=1e-11)


def test_quantiles_invert_and_move_as_an_implicit_function_does():
    p = np.array([1e-300, 1e-30, 1e-5, 0.2, 0.5, 0.9, 1 - 1e-9])[:, None]
    df, nc = np.array([0.3, 1.0, 3.0, 80.0, 1e4]), np.array([0.5, 0.0, 50.0, 2000.0, 1e6])
    x = chndtrix(p, df, nc)
    sound = (np.asarray(x) > 1e-290) & (p < 0.99)
    np.testing.assert_allclose(np.where(sound, chndtr(x, df, nc) / p, 1.0), 1.0, rtol=1e-12)
    in_p, in_df, in_nc = (np.asarray(s) for s in chndtrix_gradient(0.3, 3.0, 2.0))
    of_x, of_df, of_nc = (np.asarray(s) for s in chndtr_gradient(chndtrix(0.3, 3.0, 2.0), 3.0, 2.0))
    np.testing.assert_allclose([in_p, in_df, in_nc], [1 / of_x, -of_df / of_x, -of_nc / of_x], rtol=1e-13)


def test_edges():
    inf, nan = np.inf, np.nan
    np.testing.assert_array_equal(chndtr(np.array([0.0, inf, -1.0, nan]), 3.0, 2.0), [0.0, 1.0, nan, nan])
    np.testing.assert_array_equal(chndtrc(np.array([0.0, inf, -1.0, nan]), 3.0, 2.0), [1.0, 0.0, nan, nan])
    np.testing.assert_array_equal(chndtrix(np.array([0.0, 1.0, -0.1, 1.1]), 3.0, 2.0), [0.0, inf, nan, nan])
    df, nc = np.array([0.0, -1.0, 3.0, inf, 3.0, nan]), np.array([1.0, 1.0, -1.0, 1.0, inf, 1.0])
    assert np.all(np.isnan(chndtr(2.0, df, nc)))
    assert np.all(np.isnan(chndtrix(0.5, df, nc)))
    for at, slope in ((0.0, (0.0, 0.0, 0.0)), (inf, (0.0, 0.0, 0.0))):
        np.testing.assert_array_equal(jax.grad(chndtr, (0, 1, 2))(at, 3.0, 2.0), slope)
    np.testing.assert_allclose(jax.grad(chndtr)(0.0, 2.0, 2.0), np.exp(-1) / 2, rtol=4 * EPS)


def test_narrow_numbers_stay_narrow():
    x = [np.full(3, v, np.float32) for v in (4.0, 3.0, 2.0)]
    for function in (chndtr, chndtrc, chndtrix):
        assert "f64[3]" not in str(jax.make_jaxpr(function)(*x))
    np.testing.assert_allclose(chndtr(*x), chndtr(4.0, 3.0, 2.0), rtol=1e-6)
    assert jax.eval_shape(chndtr, *(jnp.asarray(v, jnp.bfloat16) for v in x)).dtype == jnp.bfloat16

"""The noncentral F law: the Poisson mixture in Arb is the reference, in both tails."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx

from mathml_jax.special import _noncentral_f_law as law
from mathml_jax.special.incomplete_beta import betainc, betaincc
from mathml_jax.special.noncentral_chi_square import chndtr, chndtrc
from mathml_jax.special.noncentral_f import ncfdtr, ncfdtr_gradient, ncfdtrc, ncfdtri

EPS = 2.0**-52
# dfn, dfd, nc, f: in the middle, in either tail, beyond the smallest number, and with very unequal parameters.
POINTS = np.array(
    [
        (3.0, 10.0, 4.0, 1.3),
        (1.0, 1.0, 2.0, 1.0),
        (4.0, 20.0, 60.0, 3.0),
        (100.0, 6.0, 40.0, 0.2),
        (100.0, 6.0, 40.0, 40.0),
        (6.0, 400.0, 200.0, 60.0),
        (2.0, 2.0, 200.0, 1e4),
        (1.0, 100.0, 1.0, 1e-4),
        (2.0, 1.0, 2000.0, 3.0),
        (2000.0, 10.0, 600.0, 1.3),
        (40.0, 3000.0, 10.0, 12.0),
        (3.0, 5.0, 0.0, 1e-60),
    ]
)


@jax.jit
def everything(dfn, dfd, nc, f):
    at = dfn / 2, dfd / 2, nc / 2, f
    return ncfdtr(dfn, dfd, nc, f), ncfdtrc(dfn, dfd, nc, f), *law.log_tails(*at)


gradient = jax.jit(ncfdtr_gradient)
shares = jax.jit(lambda a, b, u: (betainc(a, b, u), betaincc(a, b, u)))
limits = jax.jit(lambda x, df, nc: (chndtr(x, df, nc), chndtrc(x, df, nc)))


def padded(function, *arguments):
    """The function at points of the length of POINTS, so that it is compiled once."""
    rows = [np.resize(np.asarray(argument, float), len(POINTS)) for argument in arguments]
    return [np.asarray(value)[: max(map(np.size, arguments))] for value in jax.tree.leaves(function(*rows))]


@pytest.fixture(autouse=True)
def precision():
    before, ctx.prec = ctx.prec, 400
    yield
    ctx.prec = before


def mixture(dfn, dfd, nc, f):
    """Both tails as sums of Poisson probabilities times incomplete beta functions, these by their recurrence."""
    a, b, rate = dfn / 2, dfd / 2, nc / 2
    u, v = dfn * f / (dfn * f + dfd), dfd / (dfn * f + dfd)
    step = (a * u.log() + b * v.log() + (a + b).lgamma() - (a + 1).lgamma() - b.lgamma()).exp()
    weight, tail = (-rate).exp(), v.beta_lower(b, a, regularized=1)
    lower, upper, left = arb(0), arb(0), arb(0)
    for j in range(int(2 * float(nc)) + 300 + int(10 * float(u * rate))):
        upper, left = upper + weight * tail, left + weight
        lower, tail = lower + step * left, tail + step
        step, weight = step * u * (a + b + j) / (a + j + 1), weight * rate / (j + 1)
    # Where the lower tail is not small, its sum has too many terms.
    return (1 - upper if upper < 1 - arb(2) ** -200 else lower), upper


def test_tails_and_their_logarithms_against_the_mixture():
    got = np.stack(everything(*POINTS.T)).T
    for point, row in zip(POINTS, got, strict=True):
        for exact, value, log in zip(mixture(*map(arb, map(float, point))), row[:2], row[2:], strict=True):
            expected, expected_log = float(exact), float(exact.log())
            assert abs(value - expected) <= 16 * EPS * expected * max(1.0, -expected_log) + 1e-308, point
            assert abs(log - expected_log) <= 16 * EPS * max(-expected_log, min(1.0, expected)), point


def test_without_noncentrality_it_is_the_central_law():
    dfn, dfd, f = np.array([1.0, 5.5, 3000.0, 2.0]), np.array([7.0, 2.0, 1e5, 1e8]), np.array([0.1, 2.0, 1.02, 9.0])
    tails = padded(everything, dfn, dfd, np.zeros(4), f)
    expected = padded(shares, dfn / 2, dfd / 2, dfn * f / (dfn * f + dfd))
    np.testing.assert_allclose(tails[:2], expected, rtol=1e-12)


def test_many_degrees_of_freedom_below_lead_to_the_noncentral_chi_square_law():
    dfn, nc, f = np.array([3.0, 2.0, 50.0, 1.0]), np.array([10.0, 1e4, 3e3, 0.1]), np.array([1.0, 5e3, 70.0, 30.0])
    tails = padded(everything, dfn, np.full(4, 1e13), nc, f)
    np.testing.assert_allclose(tails[:2], padded(limits, dfn * f, dfn, nc), rtol=1e-8)


def test_slopes_against_those_of_the_mixture():
    """By central differences in Arb, so small that their error is none; in dfn and dfd as of two terms that cancel."""
    points = POINTS[[0, 2, 4, 5, 7]]
    slopes = np.stack(padded(gradient, *points.T)).T
    for point, row in zip(points, slopes, strict=True):
        for place, slope in enumerate(row):
            tails = []
            for sign in (1, -1):
                moved = [arb(float(value)) for value in point]
                moved[place] = moved[place] * (1 + sign * arb(2) ** -80)
                tails.append(mixture(*moved))
            (low, high), (low_before, high_before) = tails
            change = low - low_before if low < high else high_before - high
            exact, terms = float(change / arb(2) ** -79) / point[place], row[3] * point[3] / point[place]
            assert abs(slope - exact) <= 64 * EPS * max(abs(exact), terms), (point, place)


def test_second_derivatives_against_differences():
    """Along an oblique line, of either tail's logarithm: the smaller one and the other."""

    def along(t, sign):
        tails = law.log_lower, law.log_upper
        at = jnp.array([2.0, 4.5, 1.5, 2.0]) + t * jnp.array([0.3, -0.7, 0.5, 0.4])
        return tails[0](*at) + sign * tails[1](*at)

    slope, curvature = jax.grad(along), jax.jit(jax.vmap(jax.grad(jax.grad(along)), (None, 0)))
    h, signs = 1e-3, jnp.array([1.0, -1.0])
    moved = jax.jit(jax.vmap(jax.vmap(slope, (0, None)), (None, 0)))(h * jnp.array([1.0, -1.0, 2.0, -2.0]), signs)
    expected = (8 * (moved[:, 0] - moved[:, 1]) - (moved[:, 2] - moved[:, 3])) / (12 * h)
    np.testing.assert_allclose(curvature(0.0, signs), expected, rtol=1e-8)


def test_quantiles_invert():
    p = np.array([1e-300, 1e-30, 1e-5, 0.2, 0.5, 0.9])
    for own in ((3.0, 2.0, 1000.0), (100.0, 5.0, 0.0), (1.0, 50.0, 3.0), (1e4, 1e4, 1e4), (3.0, 1e6, 50.0)):
        own = [np.full(6, parameter) for parameter in own]
        (x,) = padded(ncfdtri, *own, p)
        sound = x > 1e-290
        np.testing.assert_allclose(np.where(sound, padded(everything, *own, x)[0] / p, 1.0), 1.0, rtol=2e-13)


def test_edges():
    inf, nan = np.inf, np.nan
    f, three = np.array([0.0, inf, -1.0, nan]), np.full(4, 3.0)
    expected = [[0, 1, nan, nan], [1, 0, nan, nan], [-inf, 0, nan, nan], [0, -inf, nan, nan]]
    np.testing.assert_array_equal(padded(everything, three, three, three, f), expected)
    (ends,) = padded(ncfdtri, three, three, three, np.array([0.0, 1.0, -0.1, 1.1]))
    np.testing.assert_array_equal(ends, [0.0, inf, nan, nan])
    bad = np.array([[0, -1, 3, 3, inf, 3, 3], [3, 3, 0, 3, 3, inf, 3], [1, 1, 1, -1, 1, 1, inf], [0.5] * 7])
    assert np.all(np.isnan(padded(everything, *bad)[0]))
    assert np.all(np.isnan(padded(ncfdtri, *bad)[0]))
    slopes = padded(gradient, np.array([2.0, 3.0, 3.0]), np.full(3, 5.0), np.full(3, 2.0), np.array([0.0, 0.0, inf]))
    np.testing.assert_allclose(slopes, [[0, 0, 0], [0, 0, 0], [0, 0, 0], [np.exp(-1), 0, 0]], rtol=4 * EPS)


def test_narrow_numbers_stay_narrow():
    x = [np.full(3, v, np.float32) for v in (4.0, 9.0, 2.0, 0.4)]
    for function in (ncfdtr, ncfdtrc, ncfdtri):
        assert "f64[3]" not in str(jax.make_jaxpr(function)(*x))
    assert jax.eval_shape(ncfdtr, *(jnp.asarray(v, jnp.bfloat16) for v in x)).dtype == jnp.bfloat16
